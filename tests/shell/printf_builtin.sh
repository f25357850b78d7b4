printf '%s %d %i %u %x %X %o %c|\n' str 10 -5 7 255 255 8 char
printf '%5d|%-5d|%05d|%+d|% d|\n' 1 2 3 4 5
printf '%5s|%-5s|%.2s|\n' ab cd efg; printf '%%|%s\n' a b c
printf '%s-%s\n' 1 2 3; printf 'a\tb\\n\101\n'; printf '%b|\n' 'x\ty\0101\n'
printf '%d\n' "'A" 0x1f 010; printf '\n'
printf '%*d|%-*d|%.*s|\n' 5 1 5 2 1 xyz; printf '%s\n'; printf '%d\n'
printf '[%b]' 'a\cb' c; echo
printf '%#x %#o\n' 255 8
