f() { echo "$# $1 $2"; }
f a 'b c'; f; echo $?
g() { return 3; }
g; echo $?
h() { false; }; h; echo $?
k()
{
	echo newline brace
}
k
