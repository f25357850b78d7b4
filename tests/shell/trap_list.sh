trap 'echo a' INT TERM; trap "it's" EXIT; trap '' QUIT; trap
trap - INT TERM QUIT EXIT; trap
