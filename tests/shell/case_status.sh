case x in y) false;; esac; echo $?
case x in x) false;; esac; echo $?
case x in x) ;; esac; echo $?
false; case x in x) echo $?;; esac
