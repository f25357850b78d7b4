"""The tables of planted bugs, for tools/mutants: one for a folder or two."""
