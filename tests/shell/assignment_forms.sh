a=1 b="2 3" c='4' d=$a$b e=; echo "$a|$b|$c|$d|$e"; x=a=b; echo $x
1x=3 2>/dev/null; echo $?; x= ; echo "<$x>"; x='a
b'; echo "$x"
