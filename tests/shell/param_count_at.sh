set --; echo $# "${@-none}" "${*-none}" "${@+some}"
set -- a; echo "${@-none}" "${@+some}" "${*:+s}"
