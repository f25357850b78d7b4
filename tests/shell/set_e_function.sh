set -e
f() { false; echo in condition; }
f || echo or
if f; then echo then; fi
f
echo not reached
