x=global
f() { local x; echo "<$x>"; x=local; echo $x; g; }
g() { echo "g sees $x"; x=changed; }
f; echo $x
h() { local x=1 y=2; echo $x $y; }; h; echo $x ${y-unset}
