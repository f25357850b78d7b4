printf 'a b c d\n' | { read x y; echo "<$x><$y>"; }
printf '  a  b  \n' | { read x; echo "<$x>"; }
printf 'one\n' | { read x y z; echo "<$x><$y><$z>"; }
printf 'a\\\nb c\\ d\\n\n' | { read x y; echo "<$x><$y>"; }
printf 'a\\b\\\n' | { read -r x; printf '<%s>\n' "$x"; }
printf 'no newline' | { read x; echo $? "$x"; }
read x < /dev/null; echo $? "<$x>"
