show() { printf '%s:' $#; for a; do printf '<%s>' "$a"; done; echo; }
IFS=' :'
x='a : b'; show $x
x=' a :: b '; show $x
x='a  b:c : d'; show $x
x=': a'; show $x
x='a:  :b'; show $x
