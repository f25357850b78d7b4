"""bufs: the buffer cache."""
from cowix import inode, kernel
from cowix.command import Command, say, table
from cowix.memory import listed, variable

SUMMARY = "bufs [all] -- buffers in use or to be written, or all"
COLUMNS = (
    ("DEVICE", -6),
    ("BLOCK", 7),
    ("USERS", 5),
    ("FLAGS", -6),
    ("DATA", -10),
    ("OWNER", -30),
)
FLAGS = (
    ("dirty", "d"),
    ("uptodate", "u"),
    ("reading", "r"),
    ("direct", "m"),
)


def everywhere():
    """Yields all buffers, bucket by bucket."""
    buckets = variable("buffer_table")
    size = kernel.struct_type("list").sizeof
    for i in range(1 << 32 - buckets["shift"]):
        head = buckets["buckets"] + i * size
        yield from listed(head, "buffer_head", "hash_link")


def row(buffer):
    owner = buffer.follow("owner")
    return (
        inode.device(buffer["dev"]),
        buffer["block"],
        buffer["count"],
        "".join(c if buffer[flag] else "-" for flag, c in FLAGS),
        f"{buffer['data']:#010x}",
        inode.path(owner) if owner else "",
    )


class Bufs(Command):
    """Lists the buffers that somebody uses or that have to be written, with
    `all` the others, too.

    FLAGS: d, dirty; u, up to date; r, being read; m, in the device's own
    memory. OWNER is the inode whose block it is, if that is noted.

    Usage: bufs [all]"""

    name, most = "bufs", 1

    def complete(self, text, word):
        return ["all"] if "all".startswith(word) else []

    def run(self, which=None):
        found = list(everywhere())
        shown = [b for b in found if which or b["count"] or b["dirty"]]
        table(map(row, shown), COLUMNS)
        say(f"{len(shown)} shown of {len(found)}")


Bufs()
