set -e
false || echo survived; if false; then :; fi; ! true; while false; do :; done
false && true
echo before
false
echo not reached
