x=1
printf '<%s>\n' a"b c"d'e $x f'$x"$x"\$x ""''"" a''b
