echo a\
b; ec\
ho c; if tr\
ue; then echo d \
e; fi; x=1\
2; echo $x; true &\
& echo f
