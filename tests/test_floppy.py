"""Floppies of all PC formats in drive B: read, read at their ends, written,
protected, changed."""
import struct

import pytest

from conftest import FLOPPY, Machine, cowix, disk_options, mkfs

SECTOR = 512
FORMATS = {360: "360k", 720: "720k", 1200: "1_2", 1440: "1_44", 2880: "2_88"}
EMULATORS = ["qemu", "bochs"]


def disk(path, kilobytes, number=0):
    """Returns sectors that are all different, and different for each
    number."""
    sectors = (
        struct.pack("<III", number, kilobytes, i).ljust(
            SECTOR, b"%d" % (i % 10)
        )
        for i in range(2 * kilobytes)
    )
    path.write_bytes(b"".join(sectors))
    return str(path)


def second(emulator, image, kilobytes, protected=False, drive=None):
    if emulator == "bochs":
        kind = f"type={drive}, " if drive else ""
        return (
            "-e",
            "bochs",
            f"-b=floppyb: {kind}{FORMATS[kilobytes]}={image}, "
            f"status=inserted, write_protected={int(protected)}",
        )
    words = disk_options(image, 1, "floppy")
    return [f"-q={word}" for word in words[:-1]] + [
        f"-q={words[-1]}" + (",readonly=on" if protected else "")
    ]


@pytest.mark.parametrize("kilobytes", FORMATS)
@pytest.mark.parametrize("emulator", EMULATORS)
def test_reading(emulator, kilobytes, tmp_path):
    image = disk(tmp_path / "disk.img", kilobytes)
    sectors = 2 * kilobytes
    result = cowix(
        "dd if=/dev/fd1 bs=512 2>/dev/null; "
        f"dd if=/dev/fd1 bs=512 skip={sectors - 1} 2>/dev/null; "
        "dd if=/dev/fd1 bs=512 skip=18 count=1 2>/dev/null",
        *second(emulator, image, kilobytes),
        timeout=150,
    )
    whole = open(image, "rb").read()
    assert result.status == 0
    assert (
        result.out
        == whole + whole[-SECTOR:] + whole[18 * SECTOR : 19 * SECTOR]
    )


@pytest.mark.parametrize("kilobytes", FORMATS)
@pytest.mark.parametrize("emulator", EMULATORS)
def test_writing(emulator, kilobytes, tmp_path):
    """Writes single sectors at the ends of tracks, and the last one. Nothing
    beyond it can be written, and no other sector changes."""
    image = disk(tmp_path / "disk.img", kilobytes)
    expected = bytearray(open(image, "rb").read())
    places = [
        0,
        8,
        9,
        14,
        15,
        17,
        18,
        19,
        35,
        36,
        37,
        kilobytes - 1,
        2 * kilobytes - 3,
        2 * kilobytes - 1,
    ]
    for place in places:
        expected[place * SECTOR : (place + 1) * SECTOR] = b"%03d\n" % (
            place % 1000
        ) + bytes(SECTOR - 4)
    command = "; ".join(
        f"printf '%03d\\n' {place % 1000} | "
        f"dd of=/dev/fd1 bs=512 seek={place} count=1 conv=sync,notrunc "
        "2>/dev/null"
        for place in places
    )
    result = cowix(
        f"{command}; echo x | dd of=/dev/fd1 bs=512 seek={2 * kilobytes} "
        "2>/dev/null || echo full; sync",
        *second(emulator, image, kilobytes),
        timeout=150,
    )
    assert result.status == 0 and result.out == b"full\n"
    assert open(image, "rb").read() == expected


@pytest.mark.parametrize(
    "drive, kilobytes",
    [
        ("1_2", 360),
        ("1_44", 720),
        ("2_88", 720),
        ("2_88", 1440),
        ("360k", 360),
        ("720k", 720),
    ],
)
def test_smaller_disks(drive, kilobytes, tmp_path):
    """Reads a disk in a drive that takes larger ones, too."""
    image = disk(tmp_path / "disk.img", kilobytes)
    result = cowix(
        "dd if=/dev/fd1 bs=4096 2>/dev/null",
        *second("bochs", image, kilobytes, drive=drive),
        timeout=150,
    )
    assert result.status == 0 and result.out == open(image, "rb").read()


@pytest.mark.parametrize("emulator", EMULATORS)
def test_write_protection(emulator, tmp_path):
    image = disk(tmp_path / "disk.img", 720)
    before = open(image, "rb").read()
    result = cowix(
        "echo x > /dev/fd1; sync; "
        "dd if=/dev/fd1 bs=512 skip=1 count=1 2>/dev/null | wc -c",
        "-v",
        *second(emulator, image, 720, protected=True),
        timeout=100,
    )
    assert result.out == b"512\n" and "fd1: write-protected" in result.err
    assert open(image, "rb").read() == before


@pytest.mark.parametrize("kilobytes", [320, 180, 1680, 1722])
def test_other_formats_are_refused(kilobytes, tmp_path):
    """Checks that they are not read with a wrong geometry."""
    image = disk(tmp_path / "disk.img", kilobytes)
    before = open(image, "rb").read()
    result = cowix(
        "cat /dev/fd1 | wc -c; echo x > /dev/fd1; echo $?; sync",
        *second("qemu", image, kilobytes),
    )
    assert result.out == b"0\n2\n" and open(image, "rb").read() == before


@pytest.mark.parametrize("emulator", EMULATORS)
def test_no_disk(emulator):
    options = {
        "qemu": ("-q=-device", "-q=floppy,unit=1"),
        "bochs": ("-e", "bochs", "-b=floppyb: 1_44=none, status=ejected"),
    }
    result = cowix(
        "cat /dev/fd1; echo $?; dd if=/dev/fd0 bs=512 count=1 2>/dev/null | "
        "wc -c",
        *options[emulator],
        timeout=100,
    )
    assert result.out == b"1\n512\n" and "No such device" in result.err


@pytest.fixture
def machine(tmp_path):
    image = str(tmp_path / "floppy.img")
    open(image, "wb").write(open(FLOPPY, "rb").read())
    medium = disk(tmp_path / "a.img", 1440, 1)
    m = Machine(
        str(tmp_path),
        image,
        "-serial",
        "null",
        "-drive",
        f"if=none,id=medium,format=raw,file={medium}",
        "-device",
        "floppy,id=second,drive=medium,unit=1",
    )
    m.wait_for("\n/root #")
    yield m
    m.close()


def change(m, image):
    m.command(
        "blockdev-change-medium", id="second", filename=image, format="raw"
    )


def ask(m, command, answer):
    m.type(f"clear; {command}\n")
    m.wait_for(answer)


def test_changed_disk(machine, tmp_path):
    """Checks that a changed disk shows none of the first's data, and its own
    size. Without a disk there is an error."""
    m = machine
    number = (
        "dd if=/dev/fd1 bs=512 count=1 2>/dev/null | od -An -tu4 -N8; "
        "cat /dev/fd1 | wc -c"
    )
    ask(m, number, "1       1440\n1474560")
    change(m, disk(tmp_path / "b.img", 1440, 2))
    ask(m, number, "2       1440\n1474560")
    change(m, disk(tmp_path / "c.img", 720, 3))
    ask(m, number, "3        720\n737280")
    m.command("eject", id="second", force=True)
    ask(m, "cat /dev/fd1", "No such device")
    change(m, disk(tmp_path / "d.img", 1440, 4))
    ask(m, number, "4       1440\n1474560")


def test_other_format_under_way(machine, tmp_path):
    """Checks that a program with an open disk cannot write to a replacement of
    another format."""
    m = machine
    replaced = disk(tmp_path / "b.img", 720, 2)
    before = open(replaced, "rb").read()
    m.type("exec 3<>/dev/fd1; dd bs=512 count=1 <&3 2>/dev/null | wc -c\n")
    m.wait_for("\n512")
    change(m, replaced)
    ask(
        m,
        "dd if=/bin/sh bs=1024 count=40 >&3 2>/dev/null; sync; "
        "echo st'atus' $?",
        "status",
    )
    ask(m, "exec 3>&-; od -An -tu4 -N8 /dev/fd1", "2        720")
    m.type("sync; echo fi'nis'hed\n")
    m.wait_for("finished")
    assert open(replaced, "rb").read() == before
