mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
sh -e -c 'true; false; echo no'; echo $?; sh -c 'echo $0 $1 $#' name one two
sh -c 'echo $0' | grep -c sh
sh -u -c 'echo $nothing' 2>/dev/null; echo $?; sh -ec 'echo a; (exit 3)'
echo $?
