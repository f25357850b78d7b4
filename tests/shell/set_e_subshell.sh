set -e
(false; echo no) || echo a
(echo b; false; echo no)
echo not reached
