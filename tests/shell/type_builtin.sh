f() { :; }; type f cd if export; type nosuch; echo $?; type cat | sed 's,/usr,,'
