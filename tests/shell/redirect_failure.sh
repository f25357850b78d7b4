cat < /nonexistent 2>/dev/null; echo $?
echo x > /nonexistent/f 2>/dev/null; echo $?
{ echo never; } < /nonexistent; echo $?
while :; do echo never; done < /nonexistent; echo $?
f() { echo never; }; f < /nonexistent; echo $?
echo x >&9; echo $?
true < /nonexistent && echo no || echo or
