break; echo after $?
continue; echo after $?
