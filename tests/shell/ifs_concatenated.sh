show() { printf '%s:' $#; for a; do printf '<%s>' "$a"; done; echo; }
x='a b' y=' c d '
show $x$y; show $x"$y"; show "$x"$y; show 1$y'2'; show $x'' ; show ''$y''
IFS=:; x=a:; show $x''; show $x$x; show ''$x
