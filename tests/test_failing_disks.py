"""Disks that fail, are protected or taken out: all users are told, and nothing
else is lost."""
import os
import re

import pytest

from conftest import BUILD, cowix, mkfs
from volumes import (
    Reader,
    content,
    failing,
    failing_ide,
    guest,
    ide,
    numbers,
    protected,
    repair,
    tmp_path,
    volume,
)


@pytest.mark.parametrize("memory", [32, 4])
def test_write_protected_root(memory, guest):
    """Checks that fsync says why. Written data can be read, but the floppy
    does not change. The log has a few lines, not one a block."""
    machine = guest(
        "seq 1 20000 > /root/f; sync; echo $?; sync /root/f; echo $?; "
        "seq 1 20000 | cmp - /root/f && echo same; sync; audit | head -1",
        memory=memory,
        drive=protected,
    )
    before = open(machine.image, "rb").read()
    machine.end()
    assert (
        machine.text() == "0\n1\nsame\nmismatches 0\n"
        and "sync: /root/f: Read-only file system" in machine.text("err")
    )
    assert 1 <= machine.text("log").count(
        "fd0: write-protected: "
    ) <= 8 and "power off, status 0" in machine.text("log")
    assert open(machine.image, "rb").read() == before


def test_write_protected_mount(guest, tmp_path):
    """Mounts a protected floppy beside the root. With unwritten files it
    cannot be unmounted, and nothing else suffers."""
    floppy = volume(tmp_path / "floppy.img", "minix1", 1440)
    before = open(floppy, "rb").read()
    machine = guest(
        "mount /dev/fd1 /mnt; ls /mnt; umount /mnt; echo $?; "
        "mount /dev/fd1 /mnt; seq 1 20000 > /mnt/f; sync; sync /mnt/f; "
        "echo $?; "
        "umount /mnt; echo $?; wc -l /mnt/f; seq 1 30 > /root/x; "
        "sync /root/x; echo $?; audit | head -1",
        *protected(floppy, 1),
    )
    machine.end()
    assert re.fullmatch(
        r"0\n1\n1\n\s*20000 /mnt/f\n0\nmismatches 0\n", machine.text()
    ), machine.text()
    assert (
        machine.text("err") == "sync: /mnt/f: Read-only file system\n"
        "umount: /mnt: Read-only file system\n"
    )
    assert open(floppy, "rb").read() == before and content(
        Reader(machine.image), "/root/x"
    ) == numbers(1, 30)


def roomy_floppy(tmp_path):
    """Makes a boot floppy of few programs, with room for three files whatever
    the others weigh. Returns it and the first free zone."""
    image = str(tmp_path / "roomy.img")
    made = mkfs(image, "init", "audit", "cmp", "head", "seq", "sh", "sync")
    assert made.returncode == 0, made.stderr
    free = int(re.search(r"(\d+) KB free", made.stdout + made.stderr)[1])
    assert free > 500
    return image, Reader(image).zones - free


@pytest.mark.parametrize("memory", [32, 4])
def test_bad_sector_on_the_floppy(memory, guest, tmp_path):
    """Checks that fsync says EIO and the log names the sector. All other
    blocks are written."""
    floppy, first_free = roomy_floppy(tmp_path)
    bad = (first_free + 200) * 2 + 1  # the second file's
    machine = guest(
        "seq 1 9000 > /root/a; seq 1 60000 > /root/b; seq 1 9000 > /root/c; "
        "sync; sync /root/b; echo $?; seq 1 60000 | cmp - /root/b && "
        "echo same; "
        "sync; audit | head -1",
        memory=memory,
        floppy=floppy,
        drive=lambda image: failing(
            image, "floppy,unit=0", {"iotype": "write", "sector": bad}
        ),
    )
    machine.end()
    assert machine.text() == "1\nsame\nmismatches 0\n"
    assert machine.text("err") == "sync: /root/b: Input/output error\n"
    lines = re.findall(
        r"fd0: transfer failed: .* sector (\d+)", machine.text("log")
    )
    assert 1 <= len(lines) <= 8 and all(
        bad - 8 < int(sector) <= bad for sector in lines
    )
    repair(machine.image)
    reader = Reader(machine.image)
    b = content(reader, "/root/b")
    assert (
        content(reader, "/root/a")
        == content(reader, "/root/c")
        == numbers(1, 9000)
    )
    wrong = [
        i // 1024
        for i, (x, y) in enumerate(zip(b, numbers(1, 60000)))
        if x != y
    ]
    assert len(b) == len(numbers(1, 60000)) and len(set(wrong)) <= (
        1 if memory > 4 else 4
    )


def test_bad_sector_that_passes(guest):
    """Checks that another try repairs a passing error silently."""
    machine = guest(
        "seq 1 20000 > /root/a; sync /root/a; echo $?",
        drive=lambda image: failing(
            image, "floppy,unit=0", {"iotype": "write", "once": True}
        ),
    )
    machine.end()
    assert machine.text() == "0\n" and "failed" not in machine.text("log")
    assert content(Reader(machine.image), "/root/a") == numbers(1, 20000)


def test_dead_disk(guest, tmp_path):
    """Fails all writes to a disk, and writes more than memory holds. The
    writers are not stopped; others have memory and work on."""
    disk = volume(tmp_path / "disk.img", "minix1", 60000)
    before = open(disk, "rb").read()
    machine = guest(
        "mount /dev/hda /mnt; "
        "dd if=/dev/zero of=/mnt/f bs=64k count=400 2>/dev/null; echo $?; "
        "ls -lR / | wc >/dev/null; echo $?; "
        "sync /mnt/f; echo $?; umount /mnt; echo $?; seq 1 20000 > /root/f; "
        "sync /root/f; echo $?; rm /mnt/f; audit -d | head -1",
        *failing_ide(disk, {"iotype": "write"}),
        memory=16,
    )
    machine.end()
    assert machine.text() == "0\n0\n1\n1\n0\nmismatches 0\n", machine.text(
        "err"
    )
    assert 1 <= machine.text("log").count(
        "hda: error"
    ) <= 24 and "out of memory" not in machine.text("log")
    assert (
        content(Reader(machine.image), "/root/f") == numbers(1, 20000)
        and open(disk, "rb").read() == before
    )


def test_floppy_taken_out(guest, tmp_path):
    """Takes the floppy out. Its file system answers EIO, or from memory; with
    the floppy back, later writes get there."""
    floppy = volume(tmp_path / "floppy.img", "minix1", 1440)
    machine = guest(
        "mount /dev/fd1 /mnt; seq 1 1000 > /mnt/a; cp /bin/sh /mnt/sh; sync; "
        "echo ready; sleep 3; seq 1 20000 > /mnt/b; sync /mnt/b; echo $?; "
        "dd if=/dev/fd1 bs=1k skip=1400 count=1; echo $?; "
        "seq 1 1000 | cmp - /mnt/a && umount /mnt; echo $?; echo out; "
        "sleep 3; "
        "sync /mnt/b; echo $?; umount /mnt; echo $?; audit | head -1",
        "-drive",
        f"if=none,id=medium,format=raw,file={floppy}",
        "-device",
        "floppy,id=second,drive=medium,unit=1",
    )
    machine.expect("ready")
    machine.command("eject", id="second", force=True)
    machine.expect("out\n")
    machine.command(
        "blockdev-change-medium", id="second", filename=floppy, format="raw"
    )
    machine.end()
    assert (
        machine.text() == "ready\n1\n1\n1\nout\n0\n0\nmismatches 0\n"
    ), machine.text("err")
    assert machine.text("err").count("Input/output error") == 3 and repair(
        floppy
    )
    reader = Reader(floppy)
    assert content(reader, "/a") == numbers(1, 1000) and content(
        reader, "/b"
    ) == numbers(1, 20000)


def test_read_error_in_a_program(guest, tmp_path):
    """Runs copies of a program, each with one unreadable page. exec says EIO,
    or the program gets SIGBUS. Some do not need that page."""
    disk = volume(tmp_path / "disk.img", "minix1", 4000)
    pages = (os.path.getsize(f"{BUILD}/bin/sed") + 4095) // 4096
    assert (
        cowix(
            "mount /dev/hda /mnt; "
            f"for i in {' '.join(map(str, range(pages)))}; "
            "do cp /bin/sed /mnt/$i; done; umount /mnt",
            *(f"-q={word}" for word in ide(disk)),
        ).status
        == 0
    )
    reader, rules = Reader(disk), []
    for page in range(pages):
        zones = reader.file_zones(
            reader.inode(reader.lookup(f"/{page}"))[3], []
        )
        rules.append({"iotype": "read", "sector": zones[page * 4] * 2})
    machine = guest(
        "mount /dev/hda /mnt; i=0; while [ $i -lt %d ]; "
        "do echo x | /mnt/$i s/x/$i/ 2>/dev/null; echo status $?; "
        "i=$((i+1)); done; "
        "cat /mnt/0; umount /mnt; echo $?; audit | head -1" % pages,
        *failing_ide(disk, *rules),
    )
    machine.end()
    statuses = [
        int(status) for status in re.findall(r"status (\d+)", machine.text())
    ]
    assert (
        len(statuses) == pages
        and statuses[0] == 126
        and 128 + 7 in statuses
        and set(statuses) <= {0, 126, 128 + 7}
    ), statuses
    for page, status in enumerate(statuses):
        assert (f"\n{page}\nstatus 0\n" in machine.text()) == (status == 0)
    assert machine.text().endswith(
        "\n0\nmismatches 0\n"
    ) and "Input/output error" in machine.text("err")


READERS = """cat $f
head -c 9000 $f
tail $f
tail -c 9000 $f
wc $f
wc -c $f
od $f
hexdump $f
nl $f
awk '{ print }' $f
awk 'BEGIN { RS = "" } { print }' $f
awk -f $f
awk 'BEGIN { while ((n = getline < ARGV[1]) > 0); exit n < 0 }' $f
sed p $f
sed -f $f
sort $f
uniq $f
cut -c 1 $f
paste $f
comm $f $f
cmp $f $f
diff $f /etc/rc
grep x $f
more $f
dd if=$f of=/dev/null status=none
cp $f /root/copy
cat < $f
tee < $f
tr a b < $f
xargs true < $f
sh $f
. $f"""


def test_unreadable_file(guest, tmp_path):
    """Has each program that reads files read one, up to a bad sector. None
    takes that for the end."""
    disk, script = volume(tmp_path / "disk.img", "minix1"), ""
    text = "mount /dev/hda /mnt; seq 1 20000 > /mnt/f; umount /mnt"
    made = cowix(text, *(f"-q={word}" for word in ide(disk)))
    assert made.status == 0, made.err
    reader = Reader(disk)
    zones = reader.file_zones(reader.inode(reader.lookup("/f"))[3], [])
    readers = READERS.splitlines()
    for command in readers:
        script += f"f=/mnt/f; ({command}) > /dev/null; echo $?\n"
    overlay = tmp_path / "overlay" / "root"
    overlay.mkdir(parents=True)
    (overlay / "script").write_text(script)
    image = str(tmp_path / "script.img")
    programs = "awk cat cmp comm cp cut dd diff grep head hexdump init more "
    programs += "mount nl od paste sed sh sort tail tee tr true uniq wc xargs"
    folder = str(tmp_path / "overlay")
    assert mkfs(image, *programs.split(), overlay=folder).returncode == 0
    machine = guest(
        "mount /dev/hda /mnt; sh /root/script",
        *failing_ide(disk, {"iotype": "read", "sector": zones[4] * 2}),
        floppy=image,
    )
    machine.end()
    statuses = machine.text().split()
    assert len(statuses) == len(readers), machine.text("err")
    good = [r for r, n in zip(readers, statuses) if n == "0"]
    assert not good, machine.text("err")
    said = machine.text("err").count("Input/output error")
    assert said >= len(readers) - 2, machine.text("err")
