"""inodes: the inodes in memory."""
from cowix import inode
from cowix.command import Command, say, table

SUMMARY = "inodes [all] -- inodes in use, or all that are in memory"
COLUMNS = (
    ("SYSTEM", -7),
    ("DEVICE", -6),
    ("INODE", 6),
    ("USERS", 5),
    ("LINKS", 5),
    ("TYPE", -4),
    ("SIZE", 9),
    ("FLAGS", -6),
    ("NAME", -30),
)
FLAGS = (("i_dirty", "d"), ("i_locked", "l"))


def row(super_block, of):
    flags = "".join(c if of[flag] else "-" for flag, c in FLAGS)
    return (
        inode.system(super_block),
        inode.device(of["i_dev"]),
        of["i_ino"],
        of["i_count"],
        of["i_nlink"],
        inode.kind(of),
        of["i_size"],
        flags,
        inode.path(of),
    )


class Inodes(Command):
    """Lists the inodes of all mounted file systems that somebody uses, with
    `all` also those that are only remembered.

    FLAGS: d, it has to be written; l, it is locked.

    Usage: inodes [all]"""

    name, most = "inodes", 1

    def complete(self, text, word):
        return ["all"] if "all".startswith(word) else []

    def run(self, which=None):
        found = list(inode.everywhere())
        used = [pair for pair in found if which or pair[1]["i_count"]]
        table((row(*pair) for pair in used), COLUMNS)
        say(f"{len(used)} shown of {len(found)}")


Inodes()
