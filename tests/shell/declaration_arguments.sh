HOME=/h; v='a  b *'; export e=$v f=~/x:~; echo "$e|$f"; readonly r=$v:~
echo "$r"; g() { local l=$v m=~; echo "$l|$m"; }; g
for i in export a=~; do echo $i; done; export "q"=$e; echo "$q"
