t() { [ "$@" ] 2>/dev/null; echo $?; }
t 1 -eq 1; t 1 -ne 1; t 1 -lt 2; t 2 -le 2; t 3 -gt 2; t 2 -ge 3; t -1 -lt 0
t 010 -eq 10; t a -eq 1; t ' 5 ' -eq 5; t 1 -eq; t 99999999999 -gt 1
