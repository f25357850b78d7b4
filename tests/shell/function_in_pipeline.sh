f() { while read a; do echo "[$a]"; done; }
printf 'x\ny\n' | f | sort -r
