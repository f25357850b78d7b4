"""Power cuts while names are made, moved and removed. The disk's cache writes
in any order between flushes. No file may ever have more names than links, or
the next unlink() would free it."""
import collections
import os
import random
import stat

import pytest

from powercuts import last_mark, power_cuts, reorder
from volumes import Reader, guest, tmp_path  # noqa: F401


class Moves:
    """Random commands on synced files; `script` is what power_cuts() runs."""

    def __init__(self, seed, commands):
        self.dice, self.serial = random.Random(seed), 0
        self.names, self.dirs = [], []
        self.script = ["mkdir a b"]
        for i in range(12):
            self.names.append(self.fresh())
            self.script.append(f"echo {i} > {self.names[-1]}")
        for _ in range(3):
            self.dirs.append(self.fresh())
            self.script.append(f"mkdir {self.dirs[-1]}")
        self.script += [
            "sync",
            "echo 0 | dd of=$2 conv=notrunc,fsync 2>/dev/null",
        ]
        for _ in range(commands):
            self.command()

    def fresh(self):
        self.serial += 1
        return f"{self.dice.choice('ab')}/{self.serial}"

    def command(self):
        kind = self.dice.choice("mmmdrrlus")
        names = self.dirs if kind == "d" else self.names
        old = self.dice.choice(names)
        new = self.dice.choice(names) if kind == "r" else self.fresh()
        if kind == "s" or old == new or len(names) < 3:
            self.script.append("sync")
            return
        command = {"l": "ln", "u": "rm"}.get(kind, "mv")
        self.script.append(f"{command} {old} {new if kind != 'u' else ''}")
        if kind != "l":
            names.remove(old)
        if kind in "mdl":
            names.append(new)


def overcounted(path):
    """Returns the inodes of a disk that have more names than links."""
    reader, names = Reader(path), collections.Counter()
    folders = [reader.lookup(""), reader.lookup("a"), reader.lookup("b")]
    for folder in folders:
        for name, ino in reader.entries(folder):
            names[ino] += name not in (".", "..")
    wrong = []
    for ino, count in names.items():
        mode, _, links, _ = reader.inode(ino)
        if count > links - stat.S_ISDIR(mode):
            wrong.append((ino, count, links))
    return wrong


@pytest.mark.parametrize(
    "name,seed", [("minix1", 1), ("minix1", 2), ("minix3", 3)]
)
def test_links_are_never_too_few(name, seed, guest, tmp_path):  # noqa: F811
    seed, disks = int(os.environ.get("COWIX_SEED", seed)), int(
        os.environ.get("COWIX_CUTS", 1500)
    )
    before, writes, path = power_cuts(name, Moves(seed, 60), guest, tmp_path)
    wrong, seen = [], 0
    for number in reorder(before, writes, path, seed, disks):
        if last_mark(path) == 0:
            seen += 1
            wrong += [(number, *found) for found in overcounted(path)]
    assert seen > 100
    assert not wrong, f"seed {seed}"
