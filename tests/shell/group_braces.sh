{ echo a; echo b; }; { x=5; }; echo $x; { echo c
}
{ { echo nested; }; }
echo }; echo {
