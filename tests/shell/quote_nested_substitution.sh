x=5
echo "a $(echo "b $(echo "c $x") d") e"
echo "$(echo "$(echo '$x' "$x")")"
echo "${x:-"a b"}" "${y:-"a b"}" ${y:-"a   b"}
