x=1 env | grep ^x=; export y='a=b'; env | grep ^y=; env -i sh -c 'echo ${y-none}'
