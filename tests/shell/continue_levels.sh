for i in 1 2 3; do for j in a b c; do [ $j = b ] && continue; echo $i$j; done
	done
for i in 1 2 3; do for j in a b c; do [ $j = b ] && continue 2
	echo $i$j; done; echo never; done
i=0; while [ $i -lt 5 ]; do i=$((i+1)); case $i in 2|4) continue;; esac
	echo $i; done
