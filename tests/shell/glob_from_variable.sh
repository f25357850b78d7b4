touch f1 f2
x='f*'; echo $x; echo "$x"; for i in $x; do echo "<$i>"; done
y='f'; echo $y*; echo "$y"*; echo "f"*; echo f"*"
