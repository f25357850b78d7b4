HOME=/h; echo ${x:-~} "${x:-~}" ${x:-~/a:~} ${x:-a~} ${x:-"~"} ${y+~}
: ${x:=~/b}; echo $x
x=/h/a; echo ${x#~} ${x#"~"} ${x%~}; case ${y:-~} in /h) echo home;; esac
HOME='a  b'; set -- ${y:-~}; echo $# "$1"
