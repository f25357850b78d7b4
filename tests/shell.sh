echo hi "a  b" 'c  d' $HOME | cat
x=5; echo $x ${x} ${y:-def} "$x"y
for i in 1 2 3; do echo n$i; done
if true; then echo yes; else echo no; fi
f() { echo "f: $1 $#"; return 3; }
f a b; echo $?
case abc in a*) echo match;; *) echo no;; esac
echo $((1+2*3)) $(echo sub) `echo bq`
cat <<E
here $x
E
echo a > /tmp/zz1; cat < /tmp/zz1; echo b >> /tmp/zz1; cat /tmp/zz1
false || echo or; true && echo and
(exit 4); echo $?
! true; echo $?
i=0; while [ $i -lt 3 ]; do i=$((i+1)); [ $i = 2 ] && continue; echo w$i; done
set -- p q "r s"; for a in "$@"; do echo "<$a>"; done; echo $# $*
echo ${x#5}e ${HOME%root} ; v=a.b.c; echo ${v##*.} ${v%%.*}
echo /de[v] '*' "*"
{ echo g1; echo g2; } | sort -r
nosuchcmd 2>/dev/null; echo $?
sleep 0 & wait $!; echo bg $?
several() { /bin/true; echo several $1; }; several one & wait
several two | cat; eval "/bin/true; echo three" & wait
echo "q\"uo\$te" 'sin"gle'
