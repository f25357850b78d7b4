echo "$(echo "a  b" 'c  d')" $(echo ")" '(' \)) "`echo "q  r"`"
x='$(echo no)'; echo "$x" $x
