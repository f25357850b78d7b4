echo "${u-a\}b}" ${u-a\}b} "${u-'q'}" ${u-'q r'} "${u-\$x}" "${u:-a"b}c"d}"
