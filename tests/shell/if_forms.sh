if true; then echo a; fi; if false; then echo b; else echo c; fi
if false; then :; elif true; then echo d; else echo e; fi
if false; then echo x; fi; echo $?
if true
then
	if false; then echo; else echo inner
	fi
fi
if ! false; then echo neg; fi
if (exit 3); then :; else echo $?; fi
