set -e; set +e; false; echo reached; sh -ec 'false; echo no'; echo $?
