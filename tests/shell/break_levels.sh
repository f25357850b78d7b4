for i in 1 2 3; do for j in a b c; do [ $j = b ] && break; echo $i$j; done; done
for i in 1 2 3; do for j in a b c; do [ $i$j = 2b ] && break 2
	echo $i$j; done; done
for i in 1 2; do for j in 1 2; do break 5; done; echo never; done; echo done
