show() { printf '%s:' $#; for a; do printf '<%s>' "$a"; done; echo; }
IFS=:
x=a:b::c: ; show $x
x=:a; show $x
x=:; show $x
x=::; show $x
x=a; show $x
x=; show $x
x='a b:c d'; show $x
