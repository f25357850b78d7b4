umask 022; umask; umask -S; umask 077; touch f; ls -l f | cut -c1-10
umask g+r; umask; umask u=rwx,g=,o=; umask; (umask 0); umask; umask -S
