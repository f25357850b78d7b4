mkdir bin; printf '#!/bin/sh\necho mine "$@"\n' > bin/tool; chmod +x bin/tool
PATH=$PWD/bin:$PATH; tool 1 2; PATH=/usr/bin:/bin; tool 2>/dev/null; echo $?
