echo 'for i in 1 2; do return 5; done' > f; . ./f; echo $?; sh -c 'return 3; echo no'; echo $?
