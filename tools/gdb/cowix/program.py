"""debug-program: stops in the main of a program of ours, with source.

All programs lie at the same addresses, so only one has symbols at a time. The
page with its main need not be in memory when exec ends. So the breakpoint is
one of the CPU's.
"""
import os

import gdb

from cowix import kernel, memory, tasks
from cowix.command import Command, say

SUMMARY = "debug-program NAME -- stops in the main of a program, with source"
BIN = os.path.join(kernel.TOP, "build", "bin")

loaded = None  # the file whose symbols gdb has
breakpoint_at_main = None


def programs():
    """Returns the names of the programs that have debugging information."""
    if not os.path.isdir(BIN):
        return []
    names = (name for name in os.listdir(BIN) if name.endswith(".elf"))
    return sorted(name[: -len(".elf")] for name in names)


class AtMain(gdb.Breakpoint):
    """Stops only in the task that runs the program."""

    def __init__(self, address, name):
        self.program = name
        super().__init__(f"*{address:#x}", gdb.BP_HARDWARE_BREAKPOINT)

    def stop(self):
        memory.forget()
        return tasks.current()["comm"] == self.program


def load_symbols(path):
    """Has gdb know a program's symbols, and no other program's."""
    global loaded
    if loaded:
        gdb.execute(f"remove-symbol-file {loaded}", to_string=True)
    loaded = None
    gdb.execute(f"add-symbol-file {path}", to_string=True)
    loaded = path


def main_of(path):
    """Returns where the main of a program begins, behind its prologue."""
    for objfile in gdb.objfiles():
        if objfile.filename and os.path.samefile(objfile.filename, path):
            found = objfile.lookup_global_symbol("main")
            if found:
                return int(found.value().address)
    raise gdb.GdbError(f"{path} has no main.")


def debug(name):
    global breakpoint_at_main
    path = os.path.join(BIN, name + ".elf")
    if not os.path.exists(path):
        raise gdb.GdbError(f"No program {name}. There are: "
                           + " ".join(programs()))
    load_symbols(path)
    if breakpoint_at_main and breakpoint_at_main.is_valid():
        breakpoint_at_main.delete()
    breakpoint_at_main = AtMain(main_of(path), name)


def pass_command(command):
    """Has init run a command instead of a login: called before the kernel
    reads its parameters. Without a window it uses the serial line."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        command = f"{{ {command}; }} </dev/console >/dev/console 2>&1"
    parameters = gdb.parse_and_eval("bp->cmdline")
    address, size = int(parameters.address), parameters.type.sizeof
    text = memory.text_at(address, size).split("run=")[0]
    data = f"{text} run={command}".strip().encode() + b"\0"
    if len(data) > size:
        raise gdb.GdbError("The command is too long.")
    gdb.selected_inferior().write_memory(address, data)


class DebugProgram(Command):
    """Loads the symbols of a program of Cowix, and stops in its main.

    Then type continue here, and the program's name in Cowix. `make
    debug-program P='ls -l /'` does all that, and runs the command.

    Usage: debug-program NAME"""

    name, least, most = "debug-program", 1, 1

    def complete(self, text, word):
        return [name for name in programs() if name.startswith(word)]

    def run(self, name):
        debug(name)
        say(f"It stops in main of {name}. Go on with continue.")


def begin():
    """make debug-program: called at the first line of C."""
    command = os.environ.get("COWIX_PROGRAM", "").strip()
    if not command:
        return
    memory.forget()
    debug(os.path.basename(command.split()[0]))
    pass_command(command)
    gdb.execute("continue")


DebugProgram()
