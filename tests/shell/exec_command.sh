mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
(exec echo replaced; echo never); echo $?
(exec nosuchcommand; echo never) 2>/dev/null; echo $?
exec sh -c 'echo last; exit 9'
echo never
