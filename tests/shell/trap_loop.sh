trap 'echo got; n=1' USR1; n=0; i=0
while [ $n = 0 ] && [ $i -lt 5 ]; do i=$((i+1)); [ $i = 2 ] &&
	kill -USR1 $$; done; echo $i
