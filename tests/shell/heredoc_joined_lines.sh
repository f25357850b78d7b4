x=1
cat <<E
E\
E
a\\
b\\\
c $\
x ${\
x}
E
cat <<-E
	a\
	b
	E
cat <<'E'
a\
E
cat <<E
e\
E
E
cat <<E
E\
F
E
