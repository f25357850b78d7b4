IFS=x; echo axb; v=axb; echo $v; echo ${u:-axb} "${u:-axb}"
