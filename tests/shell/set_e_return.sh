set -e
f() { return 2; }
if f; then :; else echo $?; fi
f
echo not reached
