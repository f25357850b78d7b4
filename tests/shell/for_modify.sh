set -- a b c; for i; do shift; echo $i $#; done
for i in 1 2 3; do i=x; done; echo $i
