x=$(echo a; exit 5; echo b); echo "$x $?"; f() { echo out; return 6; }
y=$(f); echo $y $?
