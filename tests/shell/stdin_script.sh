printf 'read x\nhello\necho "<$x>"\n' | sh
printf 'echo a\nexit 4\necho b\n' | sh; echo $?
printf 'cat\nthis is data\n' | sh
printf 'if true\nthen\necho multi\nfi\n' | sh
printf 'cat <<E\ntext\nE\necho z' | sh
