for x in a B 5 - ']' ab; do case $x in [a-c]) echo lower;;
	[[:upper:]]) echo upper;; [0-9]) echo digit;; []]) echo bracket;;
[!x]) echo other;; ??) echo two;; esac; done
