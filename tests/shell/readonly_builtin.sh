readonly r=1; echo $r; readonly -p | grep ' r='
(r=2; echo no) 2>/dev/null; echo $?
(unset r; echo no) 2>/dev/null; echo $?
(export r=3; echo no) 2>/dev/null; echo $?
x=5; readonly x; echo $x; x=6 2>/dev/null
echo not reached
