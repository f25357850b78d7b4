set -- -x -y val arg1 arg2
while getopts xy: o; do case $o in x) x=1;; y) y=$OPTARG;; esac; done
shift $((OPTIND-1)); echo $x $y "$@"
