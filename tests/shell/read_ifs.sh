printf 'a:b:c\n' | { IFS=: read x y; echo "<$x><$y>"; }
printf 'a:b:\n' | { IFS=: read x y; echo "<$x><$y>"; }
printf 'a:b::\n' | { IFS=: read x y; echo "<$x><$y>"; }
printf ':a\n' | { IFS=: read x y; echo "<$x><$y>"; }
printf ' a : b : c \n' | { IFS=' :' read x y; echo "<$x><$y>"; }
printf '  lead trail  \n' | { IFS= read -r x; echo "<$x>"; }
printf 'a b\n' | { IFS=: read x; echo "<$x>"; }; printf 'x:\n' | { IFS=: read x; echo "<$x>"; }
printf 'a,b,c,d\n' | { IFS=, read a b c; echo "$a|$b|$c"; }
printf 'a,,d\n' | { IFS=, read a b c; echo "$a|$b|$c"; }
