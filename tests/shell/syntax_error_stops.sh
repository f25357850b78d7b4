echo before
if true; then done
echo after
