x=$(printf 'a\0b\0\n'); echo ${#x} "$x"; echo "$(printf '\0\0')|"
printf 'a\0b' | od -c
