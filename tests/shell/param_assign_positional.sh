echo start
echo ${1:=x}
echo not reached
