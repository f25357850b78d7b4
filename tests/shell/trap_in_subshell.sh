mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
trap 'echo outer' EXIT USR1
(echo in; trap; kill -USR1 $(sh -c 'echo $PPID')) 2>/dev/null; echo $?
(trap 'echo inner' EXIT; echo in)
(trap '' USR2; sh -c 'kill -USR2 $$; echo ignored')
trap - EXIT
