PATH=/nosuch; command -p cat /dev/null; echo $?; cat /dev/null 2>/dev/null
echo $?; command -p -v nosuch; echo $?
command -p eval 'cat /dev/null' 2>/dev/null; echo $?
command -p env | grep ^PATH 
