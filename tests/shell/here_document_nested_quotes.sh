x=1
cat <<E
"$x" '$x' \"$x\" ${x:+"y"} ${x:+'y'} $(echo "a  b" 'c') "`echo "d  e"`"
E
