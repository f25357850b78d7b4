set -- 'a b' c
x="$@"; y=$@; z=$*; w="$*"
printf '<%s>\n' "$x" "$y" "$z" "$w"
IFS=:; x="$*"; y=$*
printf '<%s>\n' "$x" "$y"
