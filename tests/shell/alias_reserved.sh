alias then='echo no' do='echo no' fi='echo no' if='echo if' \
	else='echo no' done='echo no' \{='echo no' !='echo no'
if true; then echo y; else echo n; fi; for i in 1; do echo $i; done
{ echo g; }; ! false; echo $?
\if a; echo then do if
alias e='echo '
e then
