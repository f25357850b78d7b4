x=$(printf 'a\n\nb\n\n\n'); echo "$x"; echo "$(printf '  x  ')|"
printf '%s|' $(printf 'a\n\n b'); echo
