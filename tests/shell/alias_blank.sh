alias run='echo ' word=replaced
run word
run no word
alias two='echo two'
two word; run word
