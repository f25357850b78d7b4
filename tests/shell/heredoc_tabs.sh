if true; then
	cat <<-E
	one
		two
	 three
	E
	cat <<-'Q'
		$x
	Q
fi
