(trap 'echo t; : ${x?}; echo no' EXIT; command exit 3
	echo not here) 2>/dev/null; echo $?
(trap 'echo t; : ${x?}; echo no' EXIT; command eval 'exit 3'
	echo not here) 2>/dev/null; echo $?
