nosuchcmd 2>/dev/null; echo $?; ./nosuch 2>/dev/null; echo $?
echo 'echo ran' > s; ./s 2>/dev/null; echo $?; chmod +x s; ./s; mkdir d
./d 2>/dev/null; echo $?; nosuch | cat 2>/dev/null; echo $?
