a=1 b= c=3
echo ${b:-${a:-x}} ${u:-${v:-${c}}} "${b:-"${a}${c}"}" ${b:-$(echo sub)} \
	${b:-`echo bq`} ${b:-$((a+c))}
