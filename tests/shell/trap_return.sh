f() { trap 'echo t; return 9; echo n' USR1; kill -USR1 $$; echo a; }; f; echo $?
trap '' USR1; echo $?; trap 'echo u' USR1; f() { kill -USR1 $$; return 4; }
f; echo $?
