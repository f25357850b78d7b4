# Limits: shown, lowered, hard and soft, inherited, in their units, and what is
# refused.
ulimit -n 100; ulimit -n; ulimit -Hn; ulimit -S -n 50; ulimit -n; ulimit -H -n
(ulimit -n 20; ulimit -n); ulimit -n
ulimit -f 10; ulimit -f; ulimit; ulimit -Hf
sh -c 'ulimit -n; ulimit -f'
ulimit -c unlimited 2>/dev/null || ulimit -c 0; ulimit -S -c 0; ulimit -c
ulimit -S -s 4096; ulimit -s; ulimit -Ss
(trap '' XFSZ; dd if=/dev/zero of=file bs=512 count=20 2>/dev/null
	wc -c < file)
(ulimit -n 200) 2>/dev/null; echo $?
(ulimit -n x) 2>/dev/null; echo $?
(ulimit -x) 2>/dev/null; echo $?
ulimit -a | wc -l | awk '{print ($1 > 8)}'
