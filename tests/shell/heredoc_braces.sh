unset u
cat <<E
${u:-a "b" 'c'} ${u-x}
E
