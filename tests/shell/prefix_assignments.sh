mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
x=1; x=2 true; echo $x; x=3 :; echo $x; x=4 eval 'echo $x'; echo $x
a=1 b=2 sh -c 'echo $a$b'; x=$x$x; echo $x; y=1 z=$y sh -c 'echo $z'
IFS=: true; a=b:c; echo $a
