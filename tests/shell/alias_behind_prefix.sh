alias u='echo pref $x' r='>out ' nothing= comment='# '
x=1 u
y=2 >f u; cat f
r echo red; cat out
nothing
comment a b
if true
nothing
then comment c
echo in; fi; nothing; echo after
f() { nothing
}
