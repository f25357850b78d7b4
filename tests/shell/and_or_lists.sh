true && echo a; false || echo b; true || echo c; false && echo d; echo $?
true && false || echo e; false || true && echo f
false && echo x || echo y && echo z
true &&
echo newline
