trap 'echo trapped' USR1; (sleep 0.2; kill -USR1 $$) &
sleep 3 >/dev/null 2>&1 & wait $!; echo $?; kill %1 2>/dev/null || kill $!
