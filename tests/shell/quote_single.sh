printf '%s ' 'a b' 'a"b' 'a\b' 'a$x' 'a`b`' ''x''
printf '<%s>\n' '' 'a	b' 'line
two'
