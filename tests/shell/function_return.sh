f() { for i in 1 2 3; do [ $i = 2 ] && return 7; echo $i; done; }; f; echo $?
g() { false; return; }; g; echo $?
h() { return 300; }; h; echo $?
r() { while :; do return 4; done; echo never; }; r; echo $?
