p=$(echo 'a*'); case abc in $(echo 'a*')) echo y;; esac; x=abcabc
echo ${x#$(echo a)} ${x%`echo c`} ${x##*$p}
