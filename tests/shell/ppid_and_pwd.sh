mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
[ -n "$PPID" ] && echo ppid; [ "$PWD" = "$(pwd)" ] && echo pwd
sh -c '[ -n "$PWD" ] && echo child pwd'; echo $OPTIND
printf '%s' "$IFS" | od -c | head -1; echo "$PS4|"
