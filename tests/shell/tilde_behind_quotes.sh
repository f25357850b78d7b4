HOME=/h; x="~":~:'a':~/b; echo $x; x="a b":~; echo "$x"; x=$x:~; echo "$x"
x=\~:~; echo $x; x=a\:~; echo $x; x=${y:-b:~}; echo $x; x="~:~":~"q"; echo "$x"
