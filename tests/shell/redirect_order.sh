echo a 2>&1 >f | cat; cat f; (echo b >&2) 2>&1 | cat
(echo e >&2) 3>&1 >&2 2>&3 | sed s/e/E/
