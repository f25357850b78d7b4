mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
exec 7>f; sh -c 'echo to7 >&7'; exec 7>&-; cat f
(sh -c 'echo x >&7') 2>/dev/null; echo $?
