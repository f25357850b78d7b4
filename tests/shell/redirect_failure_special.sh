: < /nonexistent
echo not reached
