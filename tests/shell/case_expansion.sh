p='a*'; x=abc
case $x in $p) echo glob;; esac
case $x in "$p") echo no;; *) echo quoted;; esac
case 'a*' in "$p") echo literal;; esac
case $(echo abc) in a${x#a}) echo sub;; esac
q='\*'; case '*' in $q) echo escaped;; *) echo not;; esac
