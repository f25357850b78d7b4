"""What gdb knows of Cowix; tools/gdb/load.py imports it."""
