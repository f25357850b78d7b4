! true; echo $?; ! false; echo $?; ! false | true; echo $?; ! (exit 5); echo $?
! true && echo no || echo yes
