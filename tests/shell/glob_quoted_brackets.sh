touch 'a*b' axb 'a[b'
echo a\*b a'*'b "a*b" a?b; x='a\*b'; echo "$x"
