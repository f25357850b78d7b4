f() { local -; set -f; echo *; }; touch a; f; echo *; g() { set -f; }; g
echo $- | grep -c f
