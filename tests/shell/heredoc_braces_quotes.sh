cat <<E
${x-a\"b} ${x-\$} ${x-"a\"b"} \" \a ${x-\a}
E
