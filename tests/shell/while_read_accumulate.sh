s=0; while read n; do s=$((s+n)); done <<E
1
20
300
E
echo $s
