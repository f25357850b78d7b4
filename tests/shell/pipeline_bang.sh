mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
sh -c 'true | ! true' 2>/dev/null; echo $?; sh -c '! ! true' 2>/dev/null
echo $?
