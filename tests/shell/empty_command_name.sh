'' 2>/dev/null; echo $?; "$nothing" 2>/dev/null; echo $?
command '' 2>/dev/null; echo $?
