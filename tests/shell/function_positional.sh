f() { echo $1 $#; set -- x y z; echo $1 $#; shift; echo $1 $#; }
set -- a b; f 1; echo $1 $#
