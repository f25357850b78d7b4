echo a > f; cat f; echo b >> f; cat f; cat < f; > f; cat f; echo c >f 2>&1
cat f
< f cat; >g echo front; cat g
