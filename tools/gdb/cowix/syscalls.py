"""syscalls: each system call as a line, while the machine runs."""
import gdb

from cowix import kernel, memory, tasks
from cowix.command import Command, say

SUMMARY = "syscalls [on|off] -- prints each system call as it passes"
BEFORE, AFTER = "system_call.call", "system_call.result"
ARGUMENTS = ("ebx", "ecx", "edx", "esi", "edi", "ebp")
NEVER_RETURN = ("exit", "exit_group")
STRING_SHOWN = 32
ERRORS = 4095  # results from -4095 on are errors

watchers = []
open_line = None  # the task whose call was printed without its result


def name_of(call):
    """Returns the name of a call by its number, and its function."""
    table = kernel.address_of("sys_call_table")
    first, last = kernel.variable_type("sys_call_table").range()
    if not first <= call <= last:
        return f"call_{call}", None
    pointer = memory.word(table + call * memory.POINTER)
    function = kernel.function_at(pointer)
    if function == "sys_ni_syscall":
        return f"call_{call}", None
    return function.replace("sys_", "", 1), pointer


def parameters(pointer):
    """Returns name and type of each parameter of a function."""
    block = gdb.block_for_pc(pointer) if pointer else None
    while block and not block.function:
        block = block.superblock
    if not block:
        return []
    return [
        (symbol.name, symbol.type.strip_typedefs())
        for symbol in block
        if symbol.is_argument
    ]


def string(address, length):
    """Returns the beginning of a program's string in quotes, or its address
    if it is not in memory. Without a length it ends with a zero byte."""
    shown = min(length, STRING_SHOWN) if length else STRING_SHOWN
    try:
        data = memory.read_array(address, shown)
    except gdb.MemoryError:
        return f"{address:#x}"
    text = data if length else data.split(b"\0")[0]
    whole = len(text) == length if length else len(text) < shown
    quoted = text.decode("latin-1").encode("unicode_escape").decode()
    return f'"{quoted}"' + ("" if whole else "...")


def in_words(value, of, length=None):
    """Returns an argument as its type wants it."""
    if of.code == gdb.TYPE_CODE_PTR:
        target = of.target()
        is_text = target.strip_typedefs().sizeof == 1
        if is_text and "const" in str(target) and value:
            return string(value, length)
        return f"{value:#x}" if value else "NULL"
    if of.code == gdb.TYPE_CODE_INT and of.is_signed:
        value = value - (1 << 32) if value >> 31 else value
    return str(value) if -9999 <= value < 10000 else f"{value:#x}"


def call_in_words(regs, call):
    """Returns name(arguments) of a call whose registers are saved."""
    name, pointer = name_of(call)
    known = parameters(pointer)
    values = dict(zip((p for p, _ in known), map(regs.__getitem__, ARGUMENTS)))
    length = values.get("count")  # of what write() is given
    shown = [
        f"{parameter}={in_words(values[parameter], of, length)}"
        for parameter, of in known
    ]
    return name, f"{name}({', '.join(shown)})"


def result_in_words(result):
    if result < (1 << 32) - ERRORS:
        return str(result) if result < 1 << 20 else f"{result:#x}"
    return f"-{error_name((1 << 32) - result)}"


def error_name(error):
    for name, value in kernel.constants("abi/errno.h").items():
        if value == error and name.startswith("E"):
            return name
    return str(error)


def end_line(event=None):
    """Ends the line of a call that has not returned yet. Called by gdb, too,
    when the machine stops."""
    global open_line
    if open_line is not None:
        say(" ...")
    open_line = None


def register(name):
    return int(gdb.parse_and_eval(f"(unsigned)${name}"))


def entered():
    global open_line
    task = tasks.current()
    name, text = call_in_words(tasks.regs_of(task), register("eax"))
    end_line()
    gdb.write(f"{task['pid']} {task['comm']}: {text}")
    if name in NEVER_RETURN:
        say()
    else:
        open_line = task["pid"]


def returned():
    global open_line
    task = tasks.current()
    result = result_in_words(register("eax"))
    if open_line == task["pid"]:
        say(f" = {result}")
        open_line = None
        return
    end_line()
    call = tasks.regs_of(task)["orig_eax"]
    name = name_of(call)[0]
    say(f"{task['pid']} {task['comm']}: ... {name} = {result}")


class Watcher(gdb.Breakpoint):
    """Stops for a moment, prints, and lets the machine run on."""

    def __init__(self, label, show):
        at = int(gdb.parse_and_eval(f"(unsigned)&'{label}'"))
        super().__init__(f"*{at:#x}", internal=True)
        self.silent, self.show = True, show

    def stop(self):
        memory.forget()
        try:
            self.show()
        except (gdb.error, gdb.GdbError) as error:
            say(f"syscalls: {error}")
        return False


def turn_on():
    if not watchers:
        watchers.append(Watcher(BEFORE, entered))
        watchers.append(Watcher(AFTER, returned))


def turn_off():
    end_line()
    while watchers:
        watchers.pop().delete()


class Syscalls(Command):
    """Prints each system call of every task while the machine runs: name,
    arguments by the names of the kernel's function, result.

    A call during which others run gets its result on a line of its own. With
    no word it says whether that is on.

    Usage: syscalls [on|off]"""

    name, most = "syscalls", 1

    def complete(self, text, word):
        return [w for w in ("on", "off") if w.startswith(word)]

    def run(self, which=None):
        if which == "on":
            turn_on()
        elif which == "off":
            turn_off()
        elif which:
            raise gdb.GdbError("Usage: syscalls [on|off]")
        say("System calls are " + ("shown." if watchers else "not shown."))


gdb.events.stop.connect(end_line)
gdb.events.exited.connect(end_line)
Syscalls()
