mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
for s in 'if' 'then' 'for x in a; do' 'case x in' '(' ')' 'echo (' '{ echo' \
	'fi' 'a &&' 'a |' '| a' '; ;' '&& a' 'for 1 in; do :; done' 'f(' \
	'while; do :; done' '>' 'a > ;' 'if true; then fi'
do sh -c "$s" 2>/dev/null; echo "$s: $?"; done
