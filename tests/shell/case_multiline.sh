case abc in
	x)
		echo no
		;;
	a*)
		echo first
		echo second
		;;
esac
