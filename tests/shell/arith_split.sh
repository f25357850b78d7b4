IFS=1; echo $((515)); echo "$((515))"
