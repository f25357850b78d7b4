x='echo hi'; eval $x; eval "$x; echo there"; eval; echo $?; eval false
echo $?; y=z z=5; eval echo \$$y; eval "a=1
b=2"; echo $a$b; eval 'f() { echo f; }'; f; eval '' ; echo $?
