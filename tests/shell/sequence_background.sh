echo a; echo b & wait; echo c
{ sleep 0; echo bg; } & wait $!; echo $?
(exit 7) & wait $!; echo $?
