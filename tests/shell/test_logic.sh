[ 1 = 1 -a 2 = 2 ] && echo a; [ 1 = 2 -o 2 = 2 ] && echo o
[ ! 1 = 2 ] && echo n; [ '(' 1 = 1 ')' -a ! '(' 1 = 2 ')' ] && echo p
test ! -f /nosuch -a -d / && echo q; [ a = a -o b = c -a d = e ] && echo prec
