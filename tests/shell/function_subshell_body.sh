x=1; f() ( x=2; echo $x; exit 5 ); f; echo $? $x
g() if [ $1 = a ]; then echo is a; else echo not; fi
g a; g b
