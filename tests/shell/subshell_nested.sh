((echo a); (echo b; (echo c))); x=$( (echo d) ); echo $x; echo $( ( (echo e) ) )
