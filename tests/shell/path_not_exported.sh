mkdir d; echo 'echo ran' >d/prog; chmod +x d/prog; p=$PATH; unset PATH
PATH=$PWD/d:$p; prog; (exec prog); command prog; echo $?
