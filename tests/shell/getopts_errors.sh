while getopts :ab: o -a -z -b; do echo "$o ${OPTARG:-none}"; done; echo $OPTIND
OPTIND=1; while getopts ab: o -z 2>/dev/null; do echo "$o ${OPTARG:-none}"; done
OPTIND=1; getopts b: o -b 2>/dev/null; echo $? $o
