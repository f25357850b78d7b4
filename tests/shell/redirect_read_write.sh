printf 'hello\nworld\n' > f
exec 3<>f; read x <&3; echo $x; echo WORLD >&3; exec 3>&-; cat f
cat <>new; ls
