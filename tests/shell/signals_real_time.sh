trap 'echo first' RTMIN+1
trap '' RTMIN+2
trap
kill -s RTMIN+1 $$
kill -s RTMIN+2 $$
trap - RTMIN+1 RTMIN+2
trap
kill -l 34; kill -l 35; kill -l 50; kill -l 163
