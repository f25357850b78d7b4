sh -nc 'echo never'; echo $?; sh -nc 'if' 2>/dev/null; echo $?; printf 'echo x\n' > s; sh -n s; echo $?
