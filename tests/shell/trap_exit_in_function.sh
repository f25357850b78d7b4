f() { trap 'echo in trap' EXIT; echo f; }; f; echo main
