x=1; (x=2; cd /; echo $x); echo $x; [ "$PWD" != / ] && echo same
(exit 4); echo $?; ( (exit 5) ); echo $?; (false); echo $?
(set -- a; echo $#); echo $#
f() { echo f; }; (f; f() { echo g; }; f); f
