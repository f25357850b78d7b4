i=0; s=0; while [ $i -lt 50 ]; do i=$((i+1)); s=$((s+i)); done; echo $s
a=0 b=1; for n in 1 2 3 4 5 6 7 8 9; do t=$((a+b)) a=$b b=$t; done; echo $b
