for i in a 'b c' d; do echo "<$i>"; done; echo $i
for i in; do echo never; done; echo $?
set -- p 'q r'; for i; do echo "$i"; done
for i do echo "$i"; done
for i
in x y
do echo $i
done
