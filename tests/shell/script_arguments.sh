mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
printf 'echo "$0 $# $*"; shift; echo $1' > s; sh s a 'b c' d; sh ./s
sh -s x y < s; echo 'echo $1' | sh -s z
