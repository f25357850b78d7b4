set -- a b; (shift x; echo not here); echo $?; (shift 1x; echo not here)
echo $?; shift 02 2>/dev/null; echo $#
