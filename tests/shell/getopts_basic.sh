parse() { OPTIND=1; while getopts ab:c o; do echo "$o ${OPTARG:-none}"; done
	echo rest $OPTIND; }
parse -a -b x -c y; parse -abx -c; parse -ac z; parse; parse -- -a
parse -b '' -a; parse plain -a
