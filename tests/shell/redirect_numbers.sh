exec 3>f; echo three >&3; exec 3>&-; cat f
exec 4<f; read x <&4; echo $x; exec 4<&-
echo x 5>g >&5; cat g; echo 2 >h; cat h; echo 2>h; cat h; echo a2>h; cat h
