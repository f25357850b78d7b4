readonly r=1; echo x | { read r; echo $?; }; getopts a r -a; echo going on
cd x 2>/dev/null; echo $?; echo y | { read 1x; echo $?; }
r=2 true; echo not here
