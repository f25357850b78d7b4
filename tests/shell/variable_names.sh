_a=1 A_b2=2; echo $_a $A_b2 ${_a}x $_a-b $A_b2.c "$_a"; a1=x; echo $a1$_a ${a1}1
