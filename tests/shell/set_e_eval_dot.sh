set -e
echo 'echo dot; false; echo no' > f
eval 'false || true'; echo a
. ./f
echo not reached
