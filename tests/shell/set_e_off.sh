mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
set -e; set +e; false; echo reached; sh -ec 'false; echo no'; echo $?
