printf '<%s>\n' \a \\ \" \' \$x a\ b \
c d\
e
printf '<%s>\n' "a\
b" 'a\
b'
