trap 'echo trap $?' EXIT; set -e; echo a; (exit 6); echo no
