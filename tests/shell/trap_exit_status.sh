mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
(trap 'echo t; exit 5' EXIT; exit 2); echo $?
(trap 'echo t $?' EXIT; exit 2); echo $?
(trap 'false' 0; true); echo $?
sh -c 'trap "echo end" EXIT; false'; echo $?
