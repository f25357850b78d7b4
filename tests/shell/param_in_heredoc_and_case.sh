set -- k v; cat <<E
$1=$2 ${1:+set} ${3:-none} $# $*
E
case "$1$2" in kv) echo kv;; esac
