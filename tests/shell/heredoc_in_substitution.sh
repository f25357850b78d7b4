x=$(cat <<E
inside ) paren
E
); echo "$x"
echo "$(cat <<'E'
q ' "
E
)"
