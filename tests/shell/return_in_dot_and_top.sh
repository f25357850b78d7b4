mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
echo 'for i in 1 2; do return 5; done' > f; . ./f; echo $?
sh -c 'return 3; echo no'; echo $?
