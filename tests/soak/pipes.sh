# pipes.sh NUMBERS: sends numbers through long pipelines and named pipes.
mknod one p && mknod two p || exit 1
seq 1 $1 > one &
sort -n -r < one > two &
sort -n < two | cat | tail -n 1
wait
rm one two
seq 1 $1 | cat | cat | tee copy | cat | wc -l
seq 1 $1 | cmp - copy && rm copy
yes | head -n $1 | uniq -c
