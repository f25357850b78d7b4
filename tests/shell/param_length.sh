x=hello e=; unset u
echo ${#x} ${#e} ${#u} ${#}
set -- a b c
echo ${#} ${#1} $#
