x=aaaaaaaaaa; x=$x$x$x$x$x$x$x$x$x$x; x=$x$x$x$x$x$x$x$x$x$x; echo ${#x}
echo "$x" | wc -c; set -- $x $x; echo $#
case $x in *b*) echo no;; a*a) echo yes;; esac
