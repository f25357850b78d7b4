(exit 3) & a=$!; (exit 4) & b=$!; wait $b; echo $?; wait $a; echo $?
wait 99999; echo $?; wait; echo $?; sleep 0 & sleep 0 & wait; echo $?
