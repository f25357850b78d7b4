touch f; mkdir d; ln -s f l; ln -s nowhere broken; echo x > s; chmod +x s
for o in e f d L h s r w x b c p S u g k; do
	for n in f d l broken s nosuch /dev/null; do test -$o $n &&
	printf '%s ' $o:$n; done; done; echo
touch -d @1 old; [ s -nt old ] && echo nt; [ old -ot s ] && echo ot
[ f -ef l ] && echo ef; [ f -ef s ] || echo not ef
