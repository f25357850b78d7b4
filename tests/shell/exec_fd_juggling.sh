exec 3>&1 4>&2; { echo out; echo err >&2; } 2>&1 1>&3 | sed 's/^/E:/'
exec 3>&- 4>&-; exec 6</dev/null; read x <&6; echo $?
