HOME=/home/me
echo ~ ~/x "~" '~' \~ a~ ~/
x=~; y=~/bin:~/lib z="~"; echo $x $y $z
echo x=~ ~nosuchuser
HOME='/a b'; for i in ~; do echo "<$i>"; done
echo ~root
