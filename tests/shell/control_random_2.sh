g() { (exit 3) && return; echo $?; { return 4; } | cat; echo after; return; }
g; echo $?
n=0; until [ $n -ge 3 ]; do n=$((n+1)); [ $n = 2 ] && continue
	eval "echo e$n; false" || true; done; echo $n $?
