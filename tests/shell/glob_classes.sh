touch a B 3 _ z9
echo [[:digit:]] ; echo [[:upper:]]; echo [[:lower:]]; echo [![:alnum:]]
echo [a-c]; echo [[:alpha:]]*
