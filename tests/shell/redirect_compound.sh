for i in 1 2; do echo $i; done > f; cat f
while read x; do echo "<$x>"; done < f
if read a; then read b; echo $b $a; fi < f
case x in x) cat;; esac < f
{ cat; } < f | cat; (cat) < f
until ! read z; do echo u$z; done < f
