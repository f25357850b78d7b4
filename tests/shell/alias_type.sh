alias ll='ls -l'
command -v ll; type ll; unalias -a; command -v ll; echo $?
