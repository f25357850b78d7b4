"""Power cuts while files are made, moved and removed. The disk's cache writes
in any order between flushes. Every name must lead to a whole inode without
fsck, so each write is tried alone, and missing."""
import stat

import pytest

from powercuts import put, power_cuts, store
from volumes import (
    Reader,
    content,
    failing_ide,
    guest,
    ide,  # noqa: F401
    repair,
    tmp_path,
    volume,
)

FILES = range(20)
KINDS = {"s": stat.S_IFLNK, **dict.fromkeys("abcdgkl", stat.S_IFDIR)}
# Steps that reuse numbers, entries and directories for other files and kinds.
STEPS = (
    "for i in {all}; do echo $i > a/f$i; done; sync",
    "echo n > b/n; rm a/f19; sync; echo n > a/m; rm a/f18; sync",
    "echo n > a/f18; echo n > a/f19; sync",
    "for i in {all}; do mkdir b/d$i; echo $i > b/d$i/x; done",
    "for i in {all}; do rm a/f$i; mkdir a/g$i; done; sync",
    "for i in {all}; do rm -r b/d$i; echo $i > b/e$i; done; sync",
    "for i in {all}; do mv b/e$i a/h$i; ln -s a/h$i b/s$i; done",
    "for i in {all}; do echo $i > t; rm t; done; sync",
    "rm -r a b; mkdir c; for i in {all}; do mkdir c/k$i c/k$i/l; done; sync",
    "for i in {all}; do echo $i > c/k$i/l/x; done; echo z > c/z; sync",
    "for i in {all}; do rm -r c/k$i/l; done; echo z >> c/z; sync c/z; sync",
)


class Steps:
    """The work for power_cuts()."""

    script = ["mkdir a b; sync"] + [
        step.format(all=" ".join(map(str, FILES))) for step in STEPS
    ]


def broken(reader, folder, path="", seen=()):
    """Returns the names below a directory that do not lead to a whole
    inode."""
    found, own, up = [], reader.inode(folder), []
    for name, ino in reader.entries(folder):
        mode, size, links, _ = reader.inode(ino)
        if name in (".", ".."):
            up.append(name)
        elif (
            stat.S_IFMT(mode) != KINDS.get(name[0], stat.S_IFREG) or not links
        ):
            found.append((f"{path}/{name}", ino, oct(mode), links))
        elif stat.S_ISDIR(mode) and ino not in seen:
            found += broken(reader, ino, f"{path}/{name}", (*seen, folder))
    return found + ([] if up == [".", ".."] else [(path, own, up)])


def cuts(before, writes):
    """Yields disks with each write between two flushes alone, or missing."""
    groups, disk = [[]], bytearray(before)
    for write in writes:
        groups[-1].append(write) if write else groups.append([])
    for number, group in enumerate(groups):
        for i in range(len(group)):
            for chosen in (group[i : i + 1], group[:i] + group[i + 1 :]):
                cut = bytearray(disk)
                for write in chosen:
                    put(cut, *write)
                yield number, i, cut
        for write in group:
            put(disk, *write)


@pytest.mark.parametrize("name", ["minix1", "minix3"])
def test_a_name_leads_to_an_inode(name, guest, tmp_path):  # noqa: F811
    before, writes, path = power_cuts(name, Steps, guest, tmp_path, 300)
    wrong, seen = [], 0
    for number, i, disk in cuts(before, writes):
        store(disk, path)
        reader = Reader(path)
        wrong += [
            (number, i, *what) for what in broken(reader, reader.lookup(""))
        ]
        seen += 1
    assert seen > 100
    assert not wrong, f"{len(wrong)} of {seen} cuts"


def failed_rename(guest, disk, zone):  # noqa: F811
    """Renames over an older file while a zone cannot be written."""
    machine = guest(
        "mount /dev/hda /mnt; cd /mnt; [ -f d/new ] || "
        "echo new > d/new; mv d/new old; echo $?; cat old d/new; "
        "mv d/new d/newer; echo $?; sync; audit | head -1",
        *failing_ide(
            disk,
            *[
                {"iotype": "write", "sector": sector}
                for sector in (2 * zone, 2 * zone + 1)
            ],
        ),
    )
    machine.end()
    assert machine.text() == "1\nold\nnew\n0\nmismatches 0\n"
    repair(disk)
    return Reader(disk)


@pytest.mark.parametrize("fails", ["data", "directory"])
def test_a_rename_that_cannot_be_written(fails, guest, tmp_path):  # noqa: F811
    """Checks that the rename fails and both files keep their names. Another
    rename works."""
    disk = volume(tmp_path / "disk.img", "minix1")
    made = "" if fails == "data" else "echo new > d/new; "
    machine = guest(
        f"mount /dev/hda /mnt; cd /mnt; mkdir d; {made}"
        "echo old > old; cd /; umount /mnt",
        *ide(disk),
    )
    machine.end()
    reader = Reader(disk)
    last = reader.inode(reader.lookup("old"))[3][0]
    assert last > reader.first
    reader = failed_rename(
        guest, disk, last + 1 if made == "" else reader.first
    )
    assert content(reader, "old") == b"old\n"
    assert fails == "data" or content(reader, "d/newer") == b"new\n"
