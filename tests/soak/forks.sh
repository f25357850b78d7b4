# forks.sh WIDTH DEPTH: each of WIDTH shells forks a chain of DEPTH more.
if [ $2 = 0 ]; then
	exec true
fi
n=0
while [ $n -lt $1 ]; do
	sh $0 1 $(($2 - 1)) | cat &
	n=$((n + 1))
done
wait
