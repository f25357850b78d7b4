echo $#; true; echo $?; [ $$ -gt 0 ] && echo pid; (echo $$) | grep -c .
[ "$(echo $$)" = $$ ] && echo same; sleep 0 & [ $! -gt 1 ] && echo bg; wait
echo ${0##*/} | sed 's/.*/name/'; echo "[$-]" | tr -d s
