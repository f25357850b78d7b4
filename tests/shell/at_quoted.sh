show() { echo $#; for a; do echo "<$a>"; done; }
set -- 'a b' '' c
show "$@"; show "$*"; show $@; show $*; show "x$@y"; show "$@""$@"; show x"$@"
