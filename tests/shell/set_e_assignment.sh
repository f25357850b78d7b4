set -e
x=$(false) || echo a
x=$(echo b; false)
echo not reached
