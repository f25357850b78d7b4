if true; then
	while true; do
	for i in 1; do case $i in 1) { (f() { echo deep $(echo $(echo $i)); }
	f); };; esac; done; break; done; fi
