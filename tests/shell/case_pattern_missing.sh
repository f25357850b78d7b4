mkdir .bin; ln -s "$(readlink /proc/$$/exe)" .bin/sh
PATH=$PWD/.bin:$PATH	# sh is the shell that runs this
for s in 'case a in a|) echo;; esac' 'case a in |a) echo;; esac' \
	'case a in a||b) echo;; esac' 'case a in (a|b|) ;; esac' \
	'case a in (b|a) echo yes;; esac'; do sh -c "$s" 2>/dev/null
echo $?; done
