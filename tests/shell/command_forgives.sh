export r=1; readonly r
command . ./nosuch; echo $?; command export 1x=; echo $?; command shift 5
echo $?; command set -o nosuch; echo $?; command unset r; echo $?
command eval 'if'; echo $?
command export r=2; echo $?
command eval 'f() { local r2=1; set -- a b; . ./nosuch; }; f'
echo $? $# ${r2-unset}
x=$(command . ./nosuch; echo in); echo $x
(command eval '(. ./nosuch; echo not here)'; echo $?)
for i in 1 2; do command eval 'for j in a b; do shift 9; done'; echo $i
	break; done
command eval '. ./nosuch' >out; echo restored; . ./nosuch; echo not here
