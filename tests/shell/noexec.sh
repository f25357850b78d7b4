mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
sh -nc 'echo never'; echo $?; sh -nc 'if' 2>/dev/null; echo $?
printf 'echo x\n' > s; sh -n s; echo $?
