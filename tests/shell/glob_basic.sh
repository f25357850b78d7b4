touch a1 a2 b1 .hidden 'sp ace'
echo * ; echo a*; echo ?1; echo [ab]1; echo [!a]*; echo .h*; echo zz*
echo "a*" 'a*' a\*
