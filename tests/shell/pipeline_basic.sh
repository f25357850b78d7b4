echo a b | cat | tr a-z A-Z; printf '3\n1\n2\n' | sort | head -1
true | false; echo $?; false | true; echo $?; (exit 3) | (exit 4); echo $?
echo x |
cat
