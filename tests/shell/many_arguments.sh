i=0; while [ $i -lt 300 ]; do set -- "$@" a$i; i=$((i+1)); done
echo $# ${300} "$1"; echo "$@" | wc -w
