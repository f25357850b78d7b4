unset u; e=; s=set
printf '<%s>\n' "${u-d}" "${u:-d}" "${e-d}" "${e:-d}" "${s-d}" "${s:-d}" \
	"${u-}" ${u-a b}
printf '<%s>\n' "${u+d}" "${u:+d}" "${e+d}" "${e:+d}" "${s+d}" "${s:+d}"
