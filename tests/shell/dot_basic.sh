echo 'echo dotted $1; x=set; return 3; echo no' > f; . ./f; echo $? $x
PATH=.:$PATH; . f; echo $?; f() { . ./f; echo after $?; }; f
