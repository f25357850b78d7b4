touch aa ab
set -f; echo a*; set +f; echo a*
case ab in a*) echo case still matches;; esac
