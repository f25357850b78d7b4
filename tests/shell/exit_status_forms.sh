mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
(exit 256); echo $?; (exit 257); echo $?; sh -c 'exit 42'; echo $?
(true; exit); echo $?; (false; exit); echo $?; f() { exit 9; }; (f); echo $?
exit 17
