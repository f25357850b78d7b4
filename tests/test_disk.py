"""IDE disks: DMA and PIO, both channels, partitions, large disks, failures."""
import json
import os
import re
import struct

import pytest

from conftest import FLOPPY, TOP, cowix, disk_options, fsck

SECTOR = 512
DISK = 20 * 16 * 63 * SECTOR  # Bochs wants whole cylinders
MODES = [
    pytest.param("qemu", "", id="qemu-dma"),
    pytest.param("qemu", "ide=nodma", id="qemu-pio"),
    pytest.param("bochs", "", id="bochs-dma"),
    pytest.param("bochs", "ide=nodma", id="bochs-pio"),
]
PARTITIONS = {
    1: (63, 2001),
    2: (2100, 500),
    5: (3063, 901),
    6: (5001, 40),
}  # first sector and sectors; 3 is extended


def create(path, size=DISK):
    with open(path, "wb") as f:
        f.truncate(size)
    return str(path)


def pattern(number, sectors):
    """Returns sectors that are all different, and different for each
    number."""
    return b"".join(
        struct.pack("<II", number, i) * (SECTOR // 8) for i in range(sectors)
    )


def patterned(path, number):
    with open(path, "wb") as f:
        f.write(pattern(number, DISK // SECTOR))
    return str(path)


def put(image, sector, data):
    with open(image, "r+b") as f:
        f.seek(sector * SECTOR)
        f.write(data)


def get(image, sector, sectors):
    with open(image, "rb") as f:
        f.seek(sector * SECTOR)
        return f.read(sectors * SECTOR)


def table(*entries):
    """Returns a sector with a partition table. Entries are type, first sector,
    sectors."""
    data = b"".join(struct.pack("<B3xB3xII", 0, *entry) for entry in entries)
    return bytes(446) + data.ljust(64, b"\0") + b"\x55\xaa"


def partitioned(path):
    image = create(path)
    put(
        image,
        0,
        table(
            (0x81, *PARTITIONS[1]), (0x81, *PARTITIONS[2]), (0x05, 3000, 4000)
        ),
    )
    put(image, 3000, table((0x81, 63, 901), (0x05, 2000, 1000)))
    put(image, 5000, table((0x81, 1, 40)))
    for number, (first, sectors) in PARTITIONS.items():
        put(image, first, pattern(number, sectors))
    return image


def drive(image, index=0):
    return [f"-q={word}" for word in disk_options(image, index)]


def faulty(image, **rule):
    """Returns options for disk hda with an image that fails by the rule
    (QEMU's blkdebug)."""
    error = dict({"event": "none", "errno": 5}, **rule)
    return (
        "-q=-blockdev",
        f"-q=driver=file,node-name=f0,filename={image}",
        "-q=-blockdev",
        "-q="
        + json.dumps(
            {
                "driver": "blkdebug",
                "node-name": "b0",
                "image": "f0",
                "inject-error": [error],
            }
        ),
        "-q=-blockdev",
        "-q=driver=raw,node-name=r0,file=b0",
        "-q=-device",
        "-q=ide-hd,drive=r0,bus=ide.0,unit=0,werror=report,rerror=report",
    )


COMPLAINT = re.compile(r"hd[a-d]: [a-z -]+: port [^\n]*\n")


def complaints(result):
    return [line.rstrip("\n") for line in COMPLAINT.findall(result.err)]


def errors(result):
    """Counts the programs' complaints. The kernel's own may interrupt their
    lines."""
    return COMPLAINT.sub("", result.err).count("Input/output error")


@pytest.mark.parametrize("emulator,params", MODES)
def test_reads_what_is_there(emulator, params, tmp_path):
    """Reads in requests of all sizes, byte for byte. The kernel says how it
    reads."""
    image = patterned(tmp_path / "disk.img", 7)
    result = cowix(
        "dd if=/dev/hda bs=64k count=20; "
        "dd if=/dev/hda bs=1000 count=7 skip=3; "
        "dd if=/dev/hda bs=1k skip=10079",
        "-e",
        emulator,
        "-d",
        image,
        "-k",
        f"root=fd0 {params}",
        "-v",
    )
    data = get(image, 0, DISK // SECTOR)
    assert (
        result.status == 0
        and result.out == data[: 20 << 16] + data[3000:10000] + data[-1024:]
    )
    assert (
        f"hda: {DISK // 1024} KB{'' if params else ', DMA'}\n" in result.err
        and not complaints(result)
    )


@pytest.mark.parametrize("emulator,params", MODES)
def test_writes_what_it_should(emulator, params, tmp_path):
    """Makes blocks dirty in any order, with gaps. sync puts each in its place
    and touches no other."""
    image = patterned(tmp_path / "disk.img", 8)
    expected = bytearray(get(image, 0, DISK // SECTOR))
    pieces = ((900, 3), (5, 1), (300, 26), (899, 1), (40, 24), (6, 1))
    script = "".join(
        f"dd if=/boot/cowix of=/dev/hda bs=1k seek={seek} count={count} "
        "2>/dev/null; "
        for seek, count in pieces
    )
    result = cowix(
        script + "sync; audit | head -1; cat /boot/cowix",
        "-e",
        emulator,
        "-d",
        image,
        "-k",
        f"root=fd0 {params}",
        "-v",
    )
    assert result.status == 0 and result.out.startswith(b"mismatches 0\n")
    shell = result.out[len(b"mismatches 0\n") :]
    for seek, count in pieces:
        expected[seek * 1024 : (seek + count) * 1024] = shell[: count * 1024]
    assert get(image, 0, DISK // SECTOR) == bytes(expected) and not complaints(
        result
    )


@pytest.mark.parametrize("params", ["", "ide=nodma"])
def test_four_disks(params, tmp_path):
    """Keeps two channels with two disks each busy at once."""
    images = [
        patterned(tmp_path / f"{i}.img", i)
        if i < 2
        else create(tmp_path / f"{i}.img")
        for i in range(4)
    ]
    copies = (
        "dd if=/dev/hda of=/dev/hdd bs=8k 2>/dev/null & dd if=/dev/hdb "
        "of=/dev/hdc bs=16k 2>/dev/null & wait; sync; audit | head -1"
    )
    result = cowix(
        copies,
        *(
            option
            for i, image in enumerate(images)
            for option in drive(image, i)
        ),
        "-m",
        "24",
        "-k",
        params,
        timeout=120,
    )
    assert result.status == 0 and result.out == b"mismatches 0\n", result.err
    assert (
        open(images[0], "rb").read() == open(images[3], "rb").read()
        and open(images[1], "rb").read() == open(images[2], "rb").read()
    )


@pytest.mark.parametrize("emulator,params", MODES)
def test_partitions(emulator, params, tmp_path):
    """Checks primary and logical partitions at odd sectors, each with its own
    end. Unused numbers are no devices."""
    image = partitioned(tmp_path / "disk.img")
    script = "".join(f"dd if=/dev/hda{n} bs=1k; " for n in PARTITIONS)
    script += "cat /dev/hda3 /dev/hda4 /dev/hdb1 /dev/hdc; "
    script += "dd if=/bin/sh of=/dev/hda6 bs=1k"
    result = cowix(
        script, "-e", emulator, "-d", image, "-k", f"root=fd0 {params}", "-v"
    )
    assert result.out == b"".join(
        pattern(n, sectors // 2 * 2) for n, (_, sectors) in PARTITIONS.items()
    )
    assert ", hda1, hda2, hda5, hda6\n" in result.err
    assert (
        result.err.count("No such device or address") == 4
        and result.err.count("No space left on device") == 1
    )
    assert get(image, 5001, 2)[:4] == b"\x7fELF" and get(
        image, 5041, 1
    ) == bytes(SECTOR)


def test_hostile_partition_tables(tmp_path):
    """Tries entries beyond the disk, and a chain that comes back to itself.
    The kernel starts, and the good partitions work."""
    image = create(tmp_path / "disk.img")
    put(
        image,
        0,
        table(
            (0x81, 100, 0xFFFFFFFF),
            (0x81, 0xFFFFFFF0, 0x20),
            (0x81, 200, 10),
            (0x0F, 1000, 100),
        ),
    )
    put(image, 1000, table((0x81, 1, 4), (0x05, 0, 100)))
    result = cowix(
        "dd if=/dev/hda3 bs=1k; cat /dev/hda1 /dev/hda2",
        "-d",
        image,
        "-k",
        "root=fd0",
        "-v",
    )
    assert (
        len(result.out) == 5120
        and result.err.count("No such device or address") == 2
    )
    put(
        image,
        0,
        bytes(446) + b"code that looks like nothing".ljust(64) + b"\x55\xaa",
    )
    assert (
        f"hda: {DISK // 1024} KB, DMA\n"
        in cowix("true", "-d", image, "-k", "root=fd0", "-v").err
    )


@pytest.mark.parametrize("emulator", ["qemu", "bochs"])
def test_root_on_a_disk(emulator, tmp_path):
    """Checks tools/run -d: the root is the first partition, or the whole disk
    without a table. The kernel may come from a disk, too."""
    whole, parted = create(tmp_path / "whole.img"), create(
        tmp_path / "parted.img"
    )
    floppy = open(FLOPPY, "rb").read()
    put(whole, 0, floppy)
    put(parted, 0, table((0x81, 63, len(floppy) // SECTOR)))
    put(parted, 63, floppy)
    for image, options, device in (
        (whole, (), b"/dev/hda"),
        (parted, (), b"/dev/hda1"),
        (parted, ("-H",), b"/dev/hdb1"),
        (parted, ("-k", "root=/dev/hda1"), b"/dev/hda1"),
        (parted, ("-k", "root=0301"), b"/dev/hda1"),
    ):
        result = cowix(
            "mount; mkdir /root/d && cp /bin/ls /root/d && ls -l /root/d && "
            "rm -r /root/d",
            "-e",
            emulator,
            "-d",
            image,
            *options,
        )
        assert result.status == 0 and result.out.startswith(
            device + b" / minix rw"
        ), result.err
    part = str(tmp_path / "part.img")
    with open(part, "wb") as f:
        f.write(get(parted, 63, len(floppy) // SECTOR))
    fsck(part)


@pytest.mark.parametrize("params", ["", "ide=nodma"])
def test_beyond_128_gigabytes(params, tmp_path):
    """Uses a partition across sector 2^28, where commands need 48-bit
    addresses, and the disk's last blocks."""
    limit, sectors = 1 << 28, (1 << 28) + (1 << 24)
    image = create(tmp_path / "disk.img", sectors * SECTOR)
    put(image, 0, table((0x81, limit - 301, 1000), (0x81, sectors - 64, 64)))
    put(image, limit - 301, pattern(1, 1000))
    put(image, sectors - 64, pattern(2, 64))
    result = cowix(
        "dd if=/dev/hda1 bs=500k; dd if=/dev/hda2 bs=1k; "
        "dd if=/boot/cowix of=/dev/hda1 bs=1k seek=140 count=20 conv=fsync; "
        "dd if=/boot/cowix bs=1k count=20",
        *drive(image),
        "-k",
        params,
        "-v",
    )
    assert result.status == 0 and result.out[: 1064 * SECTOR] == pattern(
        1, 1000
    ) + pattern(2, 64)
    expected = (
        pattern(1, 1000)[: 280 * SECTOR]
        + result.out[1064 * SECTOR :]
        + pattern(1, 1000)[320 * SECTOR :]
    )
    assert get(image, limit - 301, 1000) == expected and get(image, 0, 2)[
        512:
    ] == bytes(512)
    assert f"hda: {sectors // 2} KB" in result.err and not complaints(result)


@pytest.mark.parametrize("params", ["", "ide=nodma"])
def test_read_error(params, tmp_path):
    """Checks one bad sector: EIO for its readers, one message, and every other
    block arrives."""
    image = patterned(tmp_path / "disk.img", 3)
    data = get(image, 0, 400)
    result = cowix(
        "dd if=/dev/hda bs=1k skip=50 count=1; echo $?; dmesg | grep -c port; "
        "dd if=/dev/hda bs=64k count=2; echo $?; "
        "dd if=/dev/hda bs=1k skip=51 count=100; audit | head -1",
        *faulty(image, iotype="read", sector=101),
        "-k",
        params,
        "-v",
    )
    parts = (
        b"1\n1\n"
        + data[: 50 << 10]
        + b"1\n"
        + data[51 << 10 : 151 << 10]
        + b"mismatches 0\n"
    )
    assert result.out == parts and errors(result) == 2
    assert all(
        line.startswith("hda: error: port 1f0, status 41, error ")
        and line.endswith("sector 101")
        for line in complaints(result)
    )


@pytest.mark.parametrize("iotype", ["read", "write", "flush"])
def test_passing_error(iotype, tmp_path):
    """Checks that a reset and a second attempt repair a passing error
    silently."""
    image = patterned(tmp_path / "disk.img", 4)
    sector = {} if iotype == "flush" else {"sector": 40}
    result = cowix(
        "dd if=/dev/hda bs=64k count=2; "
        "dd if=/boot/cowix of=/dev/hda bs=1k seek=10 count=25 conv=fsync; "
        "dd if=/boot/cowix bs=1k count=25",
        *faulty(image, iotype=iotype, once=True, **sector),
        "-v",
    )
    assert (
        result.status == 0
        and result.out[: 2 << 16] == pattern(4, 256)
        and not complaints(result)
    )
    assert (
        get(image, 20, 50) == result.out[2 << 16 :]
        and get(image, 70, 20) == pattern(4, 90)[-20 * SECTOR :]
    )


@pytest.mark.parametrize("params", ["", "ide=nodma"])
def test_write_error(params, tmp_path):
    """Checks a block that cannot be written. fsync says EIO with one message,
    and the blocks around it are written."""
    image = patterned(tmp_path / "disk.img", 5)
    result = cowix(
        "dd if=/boot/cowix of=/dev/hda bs=1k seek=10 count=25 conv=fsync; "
        "echo $?; dmesg | grep -c port; sync /dev/hda; echo $?; sync; "
        "audit | head -1; dd if=/boot/cowix bs=1k count=25",
        *faulty(image, iotype="write", sector=41),
        "-k",
        params,
        "-v",
    )
    head = b"1\n1\n1\nmismatches 0\n"
    assert (
        result.status == 0
        and result.out[: len(head)] == head
        and errors(result) == 2
    )
    written, shell, old = (
        get(image, 20, 50),
        result.out[len(head) :],
        pattern(5, 120),
    )
    assert (
        written[: 20 * SECTOR] == shell[: 20 * SECTOR]
        and written[22 * SECTOR :] == shell[22 * SECTOR :]
    )
    assert (
        written[21 * SECTOR : 22 * SECTOR] == old[41 * SECTOR : 42 * SECTOR]
        and get(image, 0, 20) == old[: 20 * SECTOR]
    )
    assert all(
        line.startswith("hda: error: port 1f0, status 41, ")
        for line in complaints(result)
    )


def test_flush_error(tmp_path):
    """Checks a failed flush, which may lose data: fsync says EIO."""
    image = patterned(tmp_path / "disk.img", 6)
    result = cowix(
        "dd if=/boot/cowix of=/dev/hda bs=1k count=5 conv=fsync; echo $?; "
        "dmesg | grep -c port; sync /dev/hda; echo $?; "
        "dd if=/dev/hda bs=1k count=5",
        *faulty(image, iotype="flush"),
        "-v",
    )
    assert (
        result.out == b"1\n1\n1\n" + get(image, 0, 10) and errors(result) == 2
    )


def test_errors_below_a_file_system(tmp_path):
    """Mounts a disk with a bad block. Its file cannot be read, its neighbours
    can, and the disk can be unmounted."""
    image = create(tmp_path / "disk.img")
    put(image, 0, open(FLOPPY, "rb").read())
    # A program of one name: test, for one, is also [.
    with open(os.path.join(TOP, "build/bin/cat"), "rb") as file:
        bad = get(image, 0, 2880).index(file.read(1024)) // SECTOR
    result = cowix(
        "mount /dev/hda /mnt; for f in /mnt/bin/*; "
        "do cat $f 2>/tmp/e >/tmp/x || echo bad $f; done; "
        "umount /mnt && audit | head -1",
        *faulty(image, iotype="read", sector=bad),
        timeout=120,
    )
    assert (
        result.status == 0
        and result.out.count(b"bad /mnt/bin/") == 1
        and result.out.endswith(b"mismatches 0\n")
    ), result.err


def test_no_answer(tmp_path):
    """Delays a disk's answers for ten seconds: time-outs, resets, then EIO.
    The other channel works on meanwhile."""
    slow, other = patterned(tmp_path / "slow.img", 1), patterned(
        tmp_path / "other.img", 2
    )
    result = cowix(
        "dd if=/dev/hda bs=1k skip=900 count=8 & sleep 1; "
        "dd if=/dev/hdc bs=1k count=100; echo served >&2; wait; "
        "audit | head -1",
        "-q=-drive",
        f"-q=if=ide,index=0,format=raw,file={slow},throttling.bps-total=100",
        *drive(other, 2),
        "-v",
        timeout=200,
    )
    text = result.err
    assert result.out.startswith(pattern(2, 200)) and result.out.endswith(
        b"mismatches 0\n"
    )
    assert (
        "no answer: port 1f0, status " in text
        and text.index("served") < text.index("no answer")
        and "Input/output error" in text
    )
