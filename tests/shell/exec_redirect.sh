exec 5>&1; exec >f; echo to file; exec >&5; echo to out; cat f
