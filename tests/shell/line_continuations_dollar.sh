x=5; echo $\
(echo sub) "$\
(echo quoted)" $(\
echo inner) $(\
(1+1)) $((1+1)\
) $\
((2+2)) "$\
{x}" $\
x $\
{x}
