f() { trap 'echo from f' USR1; kill -USR1 $$; }; f; trap; trap '' USR1
kill -USR1 $$; trap - USR1; trap
