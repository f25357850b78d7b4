mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
x=1 env | grep ^x=; export y='a=b'; env | grep ^y=
env -i sh -c 'echo ${y-none}'
