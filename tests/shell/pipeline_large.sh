yes abcdefgh | head -20000 | wc -c; i=0
while [ $i -lt 500 ]; do echo line $i; i=$((i+1)); done | tail -1
