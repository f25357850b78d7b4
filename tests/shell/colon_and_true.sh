: a b; echo $?; : ${x:=default}; echo $x; true && false; echo $?; : > f; ls
