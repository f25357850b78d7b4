set --; echo $# "${*-none}" "${@+some}"
set -- a; echo "${@-none}" "${@+some}" "${*:+s}"
