x=val
cat <<E
a $x ${x}y "q" 'r' $(echo sub) `echo bq` $((1+1))
\$x \\ \` \" \a
E
