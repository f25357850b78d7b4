show() { echo $#; for a; do echo "<$a>"; done; }
set --
show "$@"; show "$*"; show $@; show $*; show ""; show "$@"""; show x"$@"y
show "x$@"
