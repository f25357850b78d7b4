x='1 2 3'; for i in $x "$x" $(echo 4 5); do echo "<$i>"; done
for i in "$@"; do echo never; done
