"""Commands for gdb that know the kernel: tools/gdbinit sources this file.

The kernel's file must be loaded, since all offsets come from its debugging
information. `help cowix` lists the commands.
"""
import importlib
import os
import sys

import gdb

HERE = os.path.dirname(os.path.abspath(__file__))
COMMANDS = (
    "ps",
    "task",
    "backtrace",
    "areas",
    "pagetable",
    "pageframe",
    "cow",
    "audit",
    "files",
    "inodes",
    "bufs",
    "runqueue",
    "timers",
    "dmesg",
    "syscalls",
    "program",
)


class Group(gdb.Command):
    """Lists the commands that know the kernel."""

    def __init__(self):
        super().__init__("cowix", gdb.COMMAND_SUPPORT, prefix=True)

    def invoke(self, argument, from_tty):
        gdb.execute("help cowix")


def load():
    sys.dont_write_bytecode = True
    sys.path.insert(0, HERE)
    Group.__doc__ += "\n\n" + "\n".join(
        importlib.import_module(f"cowix.{name}").SUMMARY for name in COMMANDS
    )
    Group()
    importlib.import_module("cowix.unwind")
    importlib.import_module("cowix.printers")


load()
