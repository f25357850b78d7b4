"""A planted bug, for tools/mutants."""


class Mutant:
    """A change of the kernel, and the tests that must notice it.

    tests    a program of tests/guest/ and perhaps names of its tests, or
             FILE.py::TEST, or explore and worlds of it, perhaps WORLD:DEPTH;
             PROGRAM/WORLD where the program is not mm
    changes  (path, old text, new text); white space in the old text does not
             matter
    control  it is no bug: the tests must pass
    says     what the audit must print besides, or the rule that the explorer
             must name
    silent   what the audit must fail to print, because the audit is broken
    sample   tests/test_mutants.py tries it
    """

    def __init__(
        self,
        name,
        tests,
        *changes,
        control=False,
        says=None,
        silent=None,
        sample=False,
        emulator="qemu",
    ):
        self.name, self.tests, self.changes = name, tests, changes
        self.control, self.says, self.silent = control, says, silent
        self.sample, self.emulator = sample, emulator
