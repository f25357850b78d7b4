# build.sh FILES JOBS: a build by small programs, in the current folder. It
# writes sources, "compiles" each through a pipe, this many at a time, and
# "links" the results. Made a second time, they must be the same.
files=$1 jobs=$2

source_text() {
	seq $1 $(($1 + 400)) | awk '{ print "int f" $1 "(void) { return " \
		($1 * 7919) % 1009 "; }" }'
}

compile() {
	sed 's/int \([a-z0-9]*\)(void)/\1/' $1.c | tr -d '{};' |
		sort -k 3n -k 1 | nl > $1.o
}

link() {
	rm -f *.o
	n=0
	while [ $n -lt $files ]; do
		beside=0
		while [ $beside -lt $jobs ] && [ $n -lt $files ]; do
			compile s$n &
			n=$((n + 1)) beside=$((beside + 1))
		done
		wait
	done
	cat *.o > $1
	wc -l < $1
}

n=0
while [ $n -lt $files ]; do
	source_text $((n * 31)) > s$n.c
	n=$((n + 1))
done
link first && link second && cmp first second && rm -f first second s*.[co]
