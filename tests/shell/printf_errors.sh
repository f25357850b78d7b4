printf '%d\n' abc 2>/dev/null; echo $?; printf 2>/dev/null; echo $?
printf '%d\n' 5x 2>/dev/null; echo $?; printf '%z' 2>/dev/null; echo $?
