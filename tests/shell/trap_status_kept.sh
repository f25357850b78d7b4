trap 'false' USR1; true; kill -USR1 $$; echo $?; false; :
trap 'echo $?' USR1; (exit 3); kill -USR1 $$
