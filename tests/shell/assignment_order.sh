a=1; a=2 b=$a; echo $a $b; x=$y y=3; echo "<$x>" $y; i=1; i=$((i+1)) j=$i
echo $j
