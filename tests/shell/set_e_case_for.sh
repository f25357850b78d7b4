set -e
for i in 1 2; do [ $i = 1 ] || echo $i; done
case x in x) echo c; false;; esac
echo not reached
