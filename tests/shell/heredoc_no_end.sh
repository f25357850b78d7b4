cat <<E
without end
