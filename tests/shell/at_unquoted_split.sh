show() { echo $#; for a; do echo "<$a>"; done; }
set -- 'a b' '' 'c  d '
show $@; show $*; IFS=; show $@; show $*; show "$*"
