f() { local n=$1; [ $n -eq 0 ] && return; f $((n-1)); echo $n; }; f 3
