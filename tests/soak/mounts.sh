# mounts.sh TIMES: mounts file systems in each other, fills and empties them.
n=0
while [ $n -lt $1 ]; do
	mkdir -p m && mount -t tmpfs tmpfs m || exit 1
	mkdir m/in && mount -t tmpfs tmpfs m/in || exit 1
	seq 1 5000 > m/in/numbers && cp m/in/numbers m/numbers
	cmp m/in/numbers m/numbers || exit 1
	umount m 2>/dev/null && exit 1 # not alone
	umount m/in && umount m && rmdir m || exit 1
	n=$((n + 1))
done
