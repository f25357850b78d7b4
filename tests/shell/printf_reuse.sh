printf '%s=%s;' a 1 b 2 c; echo; printf 'x'; echo; printf '%s' 
printf '%d,' 1 2 3; echo; printf -- '-%s\n' a
