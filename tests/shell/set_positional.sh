set -- a 'b c' d; echo $# "$2"; set x y; echo $# $1; set --; echo $#
set -- -e; printf "%s\n" $1; set - p q; echo $# $1; set -f a b; echo $1 $#
set +f; echo $1
