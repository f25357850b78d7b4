echo err >&2 2>e; { echo out; echo err >&2; } 2>e >o; cat o; cat e
{ echo out; echo err >&2; } >both 2>&1; cat both
{ echo out; echo err >&2; } 2>&1 >only | sed 's/^/piped /'; cat only
ls /nonexistent 2>/dev/null; echo $?
