cat <<E > f; cat f
to file
E
{ cat; echo more; } <<E >> f
appended
E
cat f
