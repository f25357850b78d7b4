x=$(false) && echo no; echo $?; x=$(false) y=$(true); echo $?
x=$(true) echo $(false); echo $?
false; x=$?; echo $x; true; x=$(echo $?); echo $x
