[ a 2>/dev/null; echo $?; [ a b c ] 2>/dev/null; echo $?
test 1 -eq x 2>/dev/null; echo $?; [ ] ; echo $?; test; echo $?
