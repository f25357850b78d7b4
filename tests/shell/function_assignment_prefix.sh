f() { echo "<$v>"; }
v=outer; v=inner f; echo $v
unset v; v=once f; echo ${v-unset}
