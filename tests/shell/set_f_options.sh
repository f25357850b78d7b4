mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
set -f; echo $-; set +f; set -u; case $- in *u*) echo u;; esac; set +u
set -o noglob; echo *; set +o noglob
set -o errexit; set +o errexit; set -aC; x=5; sh -c 'echo $x'
case $- in *a*C*|*C*a*) echo both;; esac
