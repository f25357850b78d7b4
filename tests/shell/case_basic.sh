for x in apple banana cherry '' 'a b' '*'; do
case $x in
	apple|pear) echo 1;;
	b*) echo 2 ;;
	(c?erry) echo 3;;
	'') echo empty;;
	'*') echo star;;
	*\ *) echo space;;
esac
done
