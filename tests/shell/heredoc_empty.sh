cat <<E
E
echo after; cat <<''
to the empty line

echo end
