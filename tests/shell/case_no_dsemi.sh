case x in x) echo last
esac
case y in x) echo no;; y) echo yes; esac
case x in esac) echo no;; x) echo ok;; esac
case in in in) echo in;; esac
