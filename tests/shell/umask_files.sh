umask 027; : > a; mkdir d; ls -ld a d | cut -c1-10
