echo; echo a  b; echo 'a  b'; echo -n no newline; echo; echo -n; echo - -x
echo -- a
