cat <<E | tr a-z A-Z
upper $((1+1))
E
while read l; do echo "<$l>"; done <<E
one
two three
E
