printf '1\n2\n3\n' | { read a; cat; echo $a; }
printf '1\n2\n' | (read a; read b; echo $a$b)
