# copies.sh TIMES: copies a tree of programs, compares, and removes it.
n=0
while [ $n -lt $1 ]; do
	cp -r /bin copy && diff -r /bin copy || exit 1
	sync
	rm -r copy
	n=$((n + 1))
done
