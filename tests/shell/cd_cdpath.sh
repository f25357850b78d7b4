mkdir -p x/one two; CDPATH=$PWD/x; cd one | sed 's,.*/,,'; cd one >/dev/null
echo ${PWD##*/}; cd ../..; cd two; echo ${PWD##*/}
