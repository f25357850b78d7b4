echo data > f; echo $(cat < f) $(cat f; cat f | wc -l)
x=$(echo err 2>&1 >&2) 2>/dev/null; echo "[$x]"
