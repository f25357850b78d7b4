"""dmesg: what the kernel has said."""
import gdb

from cowix import kernel, memory
from cowix.command import Command
from cowix.memory import variable

SUMMARY = "dmesg -- the kernel's messages"


def text_since(start):
    """Returns the messages from byte `start` on of all that were written, as
    far as the ring still has them."""
    first, last = kernel.variable_type("log").range()
    size = last - first + 1
    end = variable("log_end")
    ring = memory.read(kernel.address_of("log"), size)
    kept = min(end - start & 0xFFFFFFFF, size)
    data = bytes(ring[(end - kept + i) % size] for i in range(kept))
    return data.decode("latin-1")


class Dmesg(Command):
    """Prints the kernel's messages, as far as its ring still has them.

    Usage: dmesg"""

    name = "dmesg"

    def run(self):
        text = text_since(0)
        gdb.write(text if text.endswith("\n") else text + "\n")


Dmesg()
