printf '1 a\n2 b\n3 c\n' | while read n l; do echo "$l$n"; done
printf 'x\ny' | while read l; do echo $l; done; printf 'k=v\nq=w=z\n' > f
while IFS== read k v; do echo "$k -> $v"; done < f
