f='a b'; echo hi > "$f"; cat "a b"; echo hi > $f; ls; n=3
eval "exec $n>three"; echo x >&$n; cat three
