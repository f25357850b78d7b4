set -e
{ false; } || echo a
{ echo b; false; }
echo not reached
