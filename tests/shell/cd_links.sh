mkdir -p real/sub; ln -s real/sub link; cd link; echo ${PWD##*/}
pwd | sed 's,.*/,,'; pwd -P | sed 's,.*/,,'; cd ..; ls; cd -P link
echo ${PWD##*/}; cd ..; echo ${PWD##*/}
