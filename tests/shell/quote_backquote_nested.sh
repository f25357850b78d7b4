x=7
echo `echo \`echo $x\``
echo "`echo \"a  b\"`"
echo `echo \$x` `echo '\$x'` "`echo '\$x'`" `echo \\\\`
