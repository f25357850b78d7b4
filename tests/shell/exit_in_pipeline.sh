exit 3 | cat; echo $?; cat /dev/null | exit 4; echo $?; { exit 5; } | true
echo $?
