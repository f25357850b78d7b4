mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
x=1; export x; sh -c 'echo $x'; export y=2; sh -c 'echo $y'
z=3 sh -c 'echo $z'; echo ${z-none}; export w; w=4; sh -c 'echo $w'; unset x
sh -c 'echo ${x-none}'
export p='a b'; export -p | grep ' p='; v='c d'; export q="$v"; echo "$q"
