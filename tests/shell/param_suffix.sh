p=archive.tar.gz
echo ${p%.*} ${p%%.*} ${p%gz} ${p%nothing} ${p%?} ${p%%[t]*}
d=/a/b/c/; echo ${d%/} ${d%/*} ${d%%/*}x
