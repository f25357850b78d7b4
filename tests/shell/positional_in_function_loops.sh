f() { while [ $# -gt 0 ]; do case $1 in -a) a=1;; -b) b=$2; shift;; --) shift
	break;; *) break;; esac; shift; done; echo "$a $b $*"; }
f -a -b x -- -c d; f -b y z
