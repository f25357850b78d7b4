true & echo a; wait; { true & }; wait; for i in 1 2; do true & done; wait
echo done; (sleep 0 & wait; echo sub)
