mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
trap '' INT; sh -c 'kill -INT $$; echo ignored stays'; trap - INT
trap 'echo p' USR1; sh -c 'kill -USR1 $$; echo no' 2>/dev/null; echo $?
