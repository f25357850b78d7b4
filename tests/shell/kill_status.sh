mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
sh -c 'kill -TERM $$' 2>/dev/null; echo $?; sh -c 'kill -9 $$' 2>/dev/null
echo $?
sleep 20 & kill $!; wait $! 2>/dev/null; echo $?; kill -0 $$; echo $?
kill -0 999999 2>/dev/null; echo $?
sleep 20 & kill -s KILL $!; wait $! 2>/dev/null; echo $?
