printf 'a\\ b c\\\\d\n' | { read x y; printf '<%s>' "$x" "$y"; echo; }
printf 'a:b\\:c:d\n' | { IFS=: read x y z; printf '<%s>' "$x" "$y" "$z"; echo; }
printf '\\\n\\\nab\n' | { read x; printf '<%s>\n' "$x"; }
