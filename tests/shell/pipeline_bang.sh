sh -c 'true | ! true' 2>/dev/null; echo $?; sh -c '! ! true' 2>/dev/null; echo $?
