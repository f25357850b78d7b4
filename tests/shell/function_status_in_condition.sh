t() { return 0; }; n() { return 1; }
t && echo yes; n || echo no; if n; then :; else echo else; fi
! n && echo inverted
