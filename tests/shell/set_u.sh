set -u; x=1; echo $x ${y-d} ${y:+z} "$*" "$@" $#
(echo $y) 2>/dev/null; echo $?
(echo ${y}) 2>/dev/null; echo $?; (echo ${#y}) 2>/dev/null; echo $?
(echo ${y%a}) 2>/dev/null; echo $?; (echo $1) 2>/dev/null; echo $?
(echo $((y))) 2>/dev/null; echo $?
(unset y; : $y; echo no) 2>/dev/null; echo $?
echo $y 2>/dev/null
echo not reached
