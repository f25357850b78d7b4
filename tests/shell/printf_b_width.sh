printf '%10b|%-10b|%.2b|%5.1b|%-4.3b|%b|\n' 'a\tb' 'a\tb' 'abc' 'abc' 'abcdef' \
	''; printf '%5b|' 'x\cy' z; echo; printf '%3b%b' 'a\0b' '\0' | od -c
printf '%d\n' 9223372036854775808 >/dev/null 2>&1; echo $?
