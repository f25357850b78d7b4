printf 'echo "$0 $# $*"; shift; echo $1' > s; sh s a 'b c' d; sh ./s; sh -s x y < s; echo 'echo $1' | sh -s z
