set -e
true && true; echo a
false || true; echo b
true && false
echo not reached
