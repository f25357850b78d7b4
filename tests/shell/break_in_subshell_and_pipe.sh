for i in 1 2; do (break); echo $i; done
for i in 1 2 3; do echo $i; done | while read x; do [ $x = 2 ] && break
	echo got $x; done
