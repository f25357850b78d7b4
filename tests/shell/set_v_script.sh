mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
printf 'echo v1\n# c\n\necho \\\n b\ncat <<E\nh\nE\n' >v; sh -v v 2>&1
sh -v <v 2>&1
printf 'set -v\nif true\nthen echo v2; fi\nset +v\necho v3\n' >v; sh v 2>&1
. ./v 2>&1
