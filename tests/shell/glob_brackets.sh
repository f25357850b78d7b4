touch a ']' '[x' '-'
echo []]; echo [[]x; echo [!]]; echo [a-]; echo [; echo [a
