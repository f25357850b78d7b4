hash -r; echo $?; hash cat; echo $?; hash nosuchcmd 2>/dev/null; echo $?
