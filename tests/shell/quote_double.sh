x='v w'
printf '<%s>\n' "a b" "a'b" "\$x" "\`" "\\" "\a" "$x" "${x}y" "a
b"
