for m in u=g g=u o=g u+x,go-w go+r-x a=rwx,o-rwx,g=o +r = ug=o \
	u=rwx,go+r-x+w,o=u; do umask 027; umask $m; umask; done
umask 0; umask -- 077; umask; umask -S; umask u+q 2>/dev/null || echo bad
