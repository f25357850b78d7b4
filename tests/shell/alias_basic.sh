alias hi='echo hello'
hi
hi there
alias hi
alias e2='echo a; echo'
e2 b
unalias hi
hi 2>/dev/null; echo $?
alias nosuch 2>/dev/null; echo $?
