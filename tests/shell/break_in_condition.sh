while break; do echo never; done; echo a
for i in 1 2; do while echo $i; continue 2; do echo never; done; done
