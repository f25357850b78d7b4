f() { echo out; echo err >&2; } 2>/dev/null
f
g() { cat; } <<E
text for g
E
g; g
f > o; cat o
