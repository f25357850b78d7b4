{ true; } && (true) && echo ok; { false; } || { echo g; }
(false) || (echo h); ! { false; } && echo i
