cat <<E
a\
b
c \\
d
E
cat <<'E'
a\
b
E
