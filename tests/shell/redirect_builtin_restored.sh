echo in > f; read x < f; echo $x; cd / > /dev/null; pwd; echo visible
{ echo a; } >f2 2>&1; : > f 2>&1; echo back
