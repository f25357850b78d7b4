"""How gdb prints the kernel's structures: `print *current` in short.

`print/r` shows all members. A list shows how many nodes it has.
"""
import gdb
import gdb.printing

from cowix import areas, inode, kernel, memory, paging

LONGEST = 10000


class Task:
    """A task in one line; what a debugger mostly looks for."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        v = self.value
        return f"task {int(v['pid'])} ({v['comm'].string()}) {v['state']}"

    def children(self):
        names = ("tgid", "work", "priority", "time_slice", "mm", "files")
        names += ("parent", "switch_frame", "stack_top")
        return iter([(name, self.value[name]) for name in names])


class List:
    """A list: empty, or with how many nodes."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        head = int(self.value.address or 0)
        node, n = int(self.value["next"]), 0
        if not node:
            return "no list"
        if node == head:
            return "empty list"
        memory.forget()
        try:
            while node != head and node and n < LONGEST:
                node, n = memory.word(node), n + 1
        except gdb.MemoryError:
            return "broken list"
        return f"list of {n} from {int(self.value['next']):#x} on"


class Entry:
    """An entry of a page table or page directory, in words."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        entry = int(self.value)
        memory.forget()
        return f"{entry:#010x} ({paging.in_words(entry)})"


class Area:
    """An area of an address space."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        memory.forget()
        address = int(self.value.address)
        return areas.in_words(memory.Struct("vm_area", address))


class Inode:
    """An inode: its number and path."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        memory.forget()
        of = memory.Struct("inode", int(self.value.address))
        return (
            f"{inode.kind(of)} {of['i_ino']} {inode.path(of)}, "
            f"{of['i_count']} users, {of['i_size']} bytes"
        )


def of_kernel(name, printer):
    """Returns a printer for the kernel's structure `name` in the machine's
    memory. A program may have another of that name."""
    def make(value):
        fields = [field.name for field in value.type.fields()]
        own = [field.name for field in kernel.struct_type(name).fields()]
        at_home = value.address is not None and fields == own
        return printer(value) if at_home else None

    return make


def build():
    collection = gdb.printing.RegexpCollectionPrettyPrinter("cowix")
    for name, printer in (
        ("task_struct", Task),
        ("list", List),
        ("vm_area", Area),
        ("inode", Inode),
    ):
        collection.add_printer(name, f"^{name}$", of_kernel(name, printer))
    collection.add_printer("pte_t", "^pte_t$", Entry)
    return collection


gdb.printing.register_pretty_printer(
    gdb.current_objfile(), build(), replace=True
)
