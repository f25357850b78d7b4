exec 2>&1
set -x
echo a 'b c'
x=1
x=2 y=3 true
for i in 1; do echo $i; done
f() { echo in f; }; f
: $(echo sub)
PS4='trace '
echo b
set +x
echo quiet
