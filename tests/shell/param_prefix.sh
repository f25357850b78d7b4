p=/usr/local/lib/libc.so.6
echo ${p#/} ${p#*/} ${p##*/} ${p#nothing} ${p#/usr} ${p##*.}
x=aXbXc; echo ${x#*X} ${x##*X} ${x#?} ${x##[a-z]} ${x#'a'} "${x#"a"}"
