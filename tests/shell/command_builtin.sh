command echo hi; command -v echo; command -v cd; command -v nosuch; echo $?
f() { :; }; command -v f; command -v if; command -v /bin/sh; command -V cd
command nosuch 2>/dev/null; echo $?; command true && echo ok; command; echo $?
