mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
(x=5 exec sh -c 'echo $x'); x=6 exec; sh -c 'echo ${x-none}'
(x=7 exec sh -c 'echo $x') >out; cat out; echo $x
