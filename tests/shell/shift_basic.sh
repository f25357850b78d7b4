set -- a b c; shift; echo $# $1; shift 2; echo $#; set -- a; shift 0; echo $#
(set --; shift; echo no) 2>/dev/null; echo $?
(set -- a b; shift 3; echo no) 2>/dev/null; echo $?
