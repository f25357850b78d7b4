"""Full disks: each writer is told, and all of the space comes back."""
import subprocess

import pytest

from conftest import mkfs
from volumes import (
    PROGRAMS,
    Reader,
    content,
    guest,
    ide,
    numbers,
    tmp_path,
    volume,
)

FILL = """mkdir -p $1/w; cd $1/w; seq 1 9000 > keep; sync; df . | tail -1
writer() {
	mkdir $1; i=0
	while dd if=/bin/sh of=$1/$i bs=700 count=9 2>/dev/null &&
		seq $i 2000 >> $1/$i 2>/dev/null
	do i=$((i+1)); done
	dd if=/bin/sh of=$1/last bs=20k count=1 || echo full; }
for n in 1 2 3 4; do writer $n & done; wait
sync; df . | tail -1; seq 1 9000 | cmp - keep && echo kept
rm -r 1 2 3 4; echo after > new && cat new; rm new
sync; df . | tail -1; audit | head -1"""


@pytest.mark.parametrize(
    "where,memory",
    [("/root", 32), ("/root", 4), ("/mnt", 32), ("/tmp", 16)],
    ids=["ramdisk", "floppy", "disk", "tmpfs"],
)
def test_full_disk(where, memory, guest, tmp_path):
    """Writes in four processes until the disk is full. Each is told, old data
    stay, and all of the space comes back."""
    disk, overlay = (
        volume(tmp_path / "disk.img", "minix3", 3000),
        tmp_path / "overlay" / "root",
    )
    overlay.mkdir(parents=True)
    (overlay / "fill").write_text(FILL)
    floppy = str(tmp_path / "fill.img")
    assert (
        mkfs(floppy, *PROGRAMS, overlay=str(tmp_path / "overlay")).returncode
        == 0
    )
    mount = {
        "/mnt": "mount /dev/hda /mnt; ",
        "/tmp": "mount -t tmpfs tmpfs /tmp; ",
    }.get(where, "")
    machine = guest(
        f"{mount}sh /root/fill {where}; cp {where}/w/keep /root/kept",
        *ide(disk),
        memory=memory,
        floppy=floppy,
    )
    machine.end()
    lines = machine.text().splitlines()
    before, full, after = [
        int(line.split()[3])
        for line in lines
        if line.count("%") or len(line.split()) > 4
    ]
    assert (
        machine.text("err").count("No space left on device") >= 4
    ), machine.text("err")
    assert (
        full < 40
        and after == before
        and "kept" in lines
        and "after" in lines
        and lines[-1] == "mismatches 0"
    ), machine.text()
    assert "out of memory" not in machine.text("log")
    subprocess.run(
        ["fsck.minix", "-f", disk if where == "/mnt" else machine.image],
        check=True,
        capture_output=True,
    )
    assert content(Reader(machine.image), "/root/kept") == numbers(1, 9000)
