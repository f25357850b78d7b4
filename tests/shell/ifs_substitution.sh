show() { printf '%s:' $#; for a; do printf '<%s>' "$a"; done; echo; }
show $(printf 'a\nb c\n\n'); show "$(printf 'a\nb c\n\n')"
IFS=,; show $(echo a,b,,c); show `echo 1,2`
