alias t=true
if t; then echo then; fi
t && echo and
x=$(t; echo sub); echo $x
for i in t; do echo $i; done
echo t
alias begin='if true; then' finish=fi
begin echo inside
finish
v=1 t; echo $v
