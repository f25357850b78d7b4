for i in "a b" 'c"d' e\ f; do case "$i" in 'a b') echo 1;; *'"'*) echo 2;;
	e" "f) echo 3;; esac; done
