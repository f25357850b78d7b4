true;
echo a;echo b;
if true;then echo c;fi;for i in 1;do echo $i;done
{ echo d;};(echo e)
f(){ echo f;};f

echo g
