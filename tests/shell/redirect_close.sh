(echo hidden >&-) 2>/dev/null; echo $?
cat <&- 2>/dev/null; echo $?
(exec 2>&-; echo still)
