trap 'echo usr1' USR1; kill -USR1 $$; echo after; kill -USR1 $$; trap - USR1
trap 'echo term; x=1' TERM; kill $$; echo $x
trap '' HUP; kill -HUP $$; echo survived
