x=val
cat <<'E'
a $x $(echo) `echo` \$ \\
E
cat <<\E
$x
E
cat <<"E F"
$x
E F
