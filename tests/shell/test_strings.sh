t() { [ "$@" ]; echo $?; }
t a; t ''; t; t -n a; t -n ''; t -z ''; t -z a; t a = a; t a = b; t a != b
t ! a; t ! ''; t -n; t -z; t '!' = '!'; t '(' = '('; t a -a b; t a -a ''
t '' -o b; t -f; t '(' a ')'
