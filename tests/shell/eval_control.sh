for i in 1 2 3; do eval '[ $i = 2 ] && continue'; echo $i; done
f() { eval 'return 4'; echo no; }; f; echo $?
for i in 1 2; do eval break; done; echo $i
