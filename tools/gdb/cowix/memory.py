"""The machine's memory: whole pages at a time, and structures in them.

gdb's own values ask the machine for every member. Here a page is read once a
command, and members are cut out of it at the offsets that the debugging
information gives.
"""
import functools

import gdb

from cowix import kernel

LONGEST = 1 << 20  # of a list; a longer one has a loop
POINTER = 4

_pages = {}


def forget():
    """Called before each command: the machine may have run since the last."""
    _pages.clear()


def read(address, size):
    """Returns bytes of the kernel's memory."""
    inferior, wanted = gdb.selected_inferior(), kernel.page_size()
    data = b""
    while size > 0:
        page, offset = address & -wanted, address & (wanted - 1)
        if page not in _pages:
            _pages[page] = bytes(inferior.read_memory(page, wanted))
        part = _pages[page][offset : offset + size]
        data += part
        address += len(part)
        size -= len(part)
    return data


def read_array(address, size):
    """Returns many bytes with one request, past the pages kept."""
    return bytes(gdb.selected_inferior().read_memory(address, size))


def word(address):
    return int.from_bytes(read(address, POINTER), "little")


def text_at(address, longest=256):
    """Returns the string at an address of the kernel's."""
    data = b""
    while b"\0" not in data and len(data) < longest:
        data += read(address + len(data), 16)
    return data.split(b"\0")[0].decode("latin-1")


@functools.lru_cache(maxsize=None)
def members(name):
    """Returns (byte, bit, bits, type) of each member of struct `name`. Those
    of unions without a name count as the structure's own."""
    found = {}

    def add(of, start):
        for field in of.fields():
            at = start + field.bitpos
            if field.name:
                found[field.name] = (
                    at // 8,
                    at % 8,
                    field.bitsize,
                    field.type.strip_typedefs(),
                )
            else:
                add(field.type.strip_typedefs(), at)

    add(kernel.struct_type(name), 0)
    return found


def decode(of, address):
    """Returns what lies at an address: a number for whatever is one, a list,
    or a Struct. A pointer is its number."""
    code = of.code
    if code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        return Struct(of.tag, address)
    if code == gdb.TYPE_CODE_ARRAY:
        element = of.target().strip_typedefs()
        first, last = of.range()
        size = element.sizeof
        if size == 1:
            data = read(address, last - first + 1)
            return data.split(b"\0")[0].decode("latin-1")
        return [
            decode(element, address + i * size)
            for i in range(last - first + 1)
        ]
    signed = code == gdb.TYPE_CODE_INT and of.is_signed
    return int.from_bytes(read(address, of.sizeof), "little", signed=signed)


class Struct:
    """A structure in the kernel's memory: s["member"]."""

    def __init__(self, name, address):
        self.name, self.address = name, address

    def __getitem__(self, member):
        byte, bit, bits, of = members(self.name)[member]
        value = decode(of, self.address + byte)
        return value >> bit & (1 << bits) - 1 if bits else value

    def __eq__(self, other):
        return other is not None and self.address == other.address

    def __hash__(self):
        return self.address

    def at(self, member):
        """Returns where a member lies."""
        return self.address + members(self.name)[member][0]

    def follow(self, member):
        """Returns the structure to which a pointer points, or None."""
        target = members(self.name)[member][3].target().strip_typedefs()
        address = self[member]
        return Struct(target.tag, address) if address else None


def variable(name):
    """Returns a global or static variable's value, as decode() does."""
    of = kernel.variable_type(name).strip_typedefs()
    return decode(of, kernel.address_of(name))


def pointed(name):
    """Returns the structure to which a variable points, or None."""
    target = kernel.variable_type(name).strip_typedefs().target()
    address = variable(name)
    return (
        Struct(target.strip_typedefs().tag, address) if address else None
    )


def containing(name, member, address):
    """Returns the structure whose member lies at an address."""
    return Struct(name, address - members(name)[member][0])


def listed(head, name, member):
    """Yields the structures in the list whose head lies at an address."""
    node, n = word(head), 0
    while node != head:
        if not node or n == LONGEST:
            raise gdb.GdbError(f"The list at {head:#x} is broken.")
        yield containing(name, member, node)
        node, n = word(node), n + 1
