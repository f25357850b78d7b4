echo if then else fi do done case esac while until for in { } !; for=1
echo $for; x=if; echo $x; echo a; if true; then echo then; fi
