unset u v; e=
printf '<%s>\n' "${u=a b}" "$u" "${e=x}" "${e:=y z}" "$e" ${v:=p  q} "$v"
