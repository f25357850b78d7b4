cat 3<<E <&3
from three
E
cat <<E 2>/dev/null
x
E
