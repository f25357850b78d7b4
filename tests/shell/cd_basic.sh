mkdir -p a/b; cd a; echo ${PWD##*/}; cd b; cd ..; echo ${PWD##*/}
cd - | sed 's,.*/,,'; echo ${OLDPWD##*/}; cd ./../b/.; echo ${PWD##*/}
cd nosuch 2>/dev/null; echo $?; HOME=/; cd; pwd; cd /usr//bin/..; pwd
