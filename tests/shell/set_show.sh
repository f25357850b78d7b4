z_one=1 z_two='a b' z_q="it's"; set | grep ^z_
