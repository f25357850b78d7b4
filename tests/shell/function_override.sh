echo() { printf 'mine: %s\n' "$*"; }
echo hi; command echo hi; unset -f echo; echo hi
cd() { printf 'no cd\n'; }; cd /nowhere
