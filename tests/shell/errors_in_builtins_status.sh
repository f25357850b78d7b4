cd /nosuch 2>/dev/null; echo $?; unset 1x 2>/dev/null; echo reached
