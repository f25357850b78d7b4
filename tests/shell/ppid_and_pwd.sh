[ -n "$PPID" ] && echo ppid; [ "$PWD" = "$(pwd)" ] && echo pwd; sh -c '[ -n "$PWD" ] && echo child pwd'; echo $OPTIND; printf '%s' "$IFS" | od -c | head -1; echo "$PS4|"
