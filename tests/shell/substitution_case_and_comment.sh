echo $(case x in x) echo in case;; esac)
echo $(echo a # comment with ) and '
echo b)
echo $(
	for i in 1 2; do
		echo $i
	done
)
