trap 'x' NOSUCH 2>/dev/null; echo $?; trap - 2>/dev/null; echo $?
