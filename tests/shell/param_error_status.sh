(echo ${u?message}) 2>/dev/null; echo $?
(e=; echo ${e:?}) 2>/dev/null; echo $?
(e=; echo ${e?}) 2>/dev/null; echo $?
x=1; echo ${x?no} ${x:?no}
echo ${nothing?gone} 2>/dev/null
echo not reached
