f() { for i in 1 2 3; do case $i in 2) continue;; 3) return 5;; esac
	echo f$i; done; }; f; echo $?
while :; do if f; then break; else echo $?; break; fi; done
for i in a b; do while :; do break 2; done; done; echo $i
