(exec echo replaced; echo never); echo $?
(exec nosuchcommand; echo never) 2>/dev/null; echo $?
exec sh -c 'echo last; exit 9'
echo never
