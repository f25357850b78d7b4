i=0; x=; while [ $i -lt 10 ]; do x="$x$x.123456789"; i=$((i+1)); done
cat <<E | wc -c
$x
$x$x
E
