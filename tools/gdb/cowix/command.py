"""The base of all commands, and what they say about processes."""
import gdb

from cowix import kernel, memory, tasks


def paging_is_on():
    """Returns true if the kernel's addresses can be read. Before that there
    is nothing to show."""
    try:
        memory.read(kernel.address_of("all_tasks"), memory.POINTER)
    except gdb.MemoryError:
        return False
    return True


def number(text, what="number"):
    """Returns the value of any expression that gdb understands."""
    try:
        return int(gdb.parse_and_eval(text)) & 0xFFFFFFFF
    except (gdb.error, TypeError) as error:
        raise gdb.GdbError(f"{text} is no {what}: {error}") from error


class Command(gdb.Command):
    """A command with words as arguments. A subclass has `name`, `least` and
    `most` words, and run(). Its comment is gdb's help."""

    name, least, most = "", 0, 0

    def __init__(self, name=None):
        super().__init__(name or self.name, gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if not self.least <= len(words) <= self.most:
            raise gdb.GdbError(self.__doc__.split("\n\n")[-1].strip())
        memory.forget()
        if not paging_is_on():
            raise gdb.GdbError(
                "The kernel has not begun: paging is off. "
                "Try: hbreak start_kernel, continue"
            )
        self.run(*words)

    def run(self):
        raise NotImplementedError

    def complete(self, text, word):
        return gdb.COMPLETE_NONE


class TaskCommand(Command):
    """A command about one task. It completes numbers and names of tasks."""

    least = most = 1

    def complete(self, text, word):
        memory.forget()
        if not paging_is_on():
            return []
        found = [str(task["pid"]) for task in tasks.all_tasks()]
        found += [task["comm"] for task in tasks.all_tasks()]
        return sorted({name for name in found if name.startswith(word)})


def say(text=""):
    gdb.write(text + "\n")


def table(rows, columns):
    """Prints rows as a table: columns are (title, width), with a width below
    0 for what stands at the left."""
    def line(cells):
        parts = (
            str(cell).ljust(-width) if width < 0 else str(cell).rjust(width)
            for cell, (_, width) in zip(cells, columns)
        )
        say("  ".join(parts).rstrip())

    line([title for title, _ in columns])
    for row in rows:
        line(row)
