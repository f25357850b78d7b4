yes | head -1; echo $?; (trap '' PIPE; echo a) | cat
