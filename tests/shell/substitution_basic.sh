echo $(echo a) "$(echo 'b  c')" $(echo 'd  e') [$(true)] "[$(printf '\n\n')]"
x=$(echo hi); echo $x; x=$(exit 3); echo $?; echo $(exit 4) $?; y=a$(echo b)c
echo $y
