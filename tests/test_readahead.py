"""Files on disks: reading ahead and writing back in batches. By DMA and PIO,
with little memory and much, with errors, and by many at once."""
import random
import re
import subprocess

import pytest

from conftest import TOP, cowix, fsck, guest_floppy
from test_disk import complaints, drive, errors, faulty

MB = 1 << 20
PAGE = 4096
SPEED_MB = 48
BIG = random.Random(1).randbytes(16 * MB)
MOUNT = "mount /dev/hda /mnt"
CLEAN = "cd /; umount /mnt && audit -d | head -1"


def disk(path, files, fs="minix3", kilobytes=20 << 10):
    """Makes a file system with these files."""
    folder = path.with_suffix(".files")
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    subprocess.run(
        [
            f"{TOP}/tools/mkfs",
            "--fs",
            fs,
            "--size",
            str(kilobytes),
            "--overlay",
            folder,
            "-o",
            path,
        ],
        check=True,
        capture_output=True,
    )
    return str(path)


def raw(path, content):
    path.write_bytes(content)
    return str(path)


def sector_of(image, content):
    """Returns the content's first sector on the disk."""
    with open(image, "rb") as f:
        place = f.read().index(content)
    assert place % 512 == 0
    return place // 512


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    """Returns a disk with a file of 16 MB, and its content as a disk. Nothing
    writes to them."""
    folder = tmp_path_factory.mktemp("big")
    return disk(
        folder / "disk.img", {"big": BIG, "empty": b"", "odd": BIG[:70001]}
    ), raw(folder / "raw.img", BIG)


@pytest.mark.parametrize(
    "memory,params", [("8", ""), ("64", ""), ("8", "ide=nodma")]
)
def test_in_order(memory, params, big):
    """Reads from front to back, as a whole and in odd pieces, byte for
    byte."""
    result = cowix(
        f"{MOUNT}; cmp /mnt/big /dev/hdb; wc -c </mnt/empty; "
        f"dd if=/mnt/big bs=9999 count=30; cat /mnt/odd; {CLEAN}",
        *drive(big[0]),
        *drive(big[1], 1),
        "-m",
        memory,
        "-k",
        params,
        timeout=100,
    )
    assert (
        result.status == 0
        and result.out
        == b"0\n" + BIG[:299970] + BIG[:70001] + b"mismatches 0\n"
    ), result.err


@pytest.mark.parametrize("params", ["", "ide=nodma"])
def test_here_and_there(params, big, tmp_path):
    """Reads small and large pieces from anywhere and across the end, with less
    memory than data."""
    dice = random.Random(2)
    places = [
        (dice.randrange(len(BIG) // 1000 + 1), dice.choice((1, 3, 9, 60)))
        for _ in range(40)
    ] + [(16777, 5), (16778, 1)]
    script = "".join(
        f"dd if=/mnt/big bs=1000 skip={at} count={n} 2>/dev/null; "
        for at, n in places
    )
    commands = disk(
        tmp_path / "script.img", {"script": script.encode()}, kilobytes=1000
    )
    result = cowix(
        f"{MOUNT}; mkdir /s; mount /dev/hdb /s; sh /s/script; umount /s; "
        f"{CLEAN}",
        *drive(big[0]),
        *drive(commands, 1),
        "-m",
        "8",
        "-k",
        params,
    )
    assert (
        result.out
        == b"".join(BIG[at * 1000 : (at + n) * 1000] for at, n in places)
        + b"mismatches 0\n"
    ), result.err


@pytest.mark.parametrize("params", ["", "ide=nodma"])
def test_read_error_ahead(params, big, tmp_path):
    """Meets a bad sector while reading ahead. Readers of its page get EIO, all
    others everything."""
    bad, end = 501, 700 * PAGE
    hole = BIG[: bad * PAGE] + bytes(PAGE) + BIG[(bad + 1) * PAGE : end]
    sector = sector_of(big[0], BIG[bad * PAGE + 1024 :][:512])
    result = cowix(
        f"{MOUNT}; dd if=/mnt/big bs=4k count={bad} 2>/dev/null | "
        "cmp - /dev/hdb; dd if=/mnt/big bs=4k 2>&1 >/dev/null | head -2; "
        "dd if=/mnt/big bs=4k count=700 conv=noerror,sync 2>/dev/null | "
        "cmp - /dev/hdb && echo same; "
        f"dd if=/mnt/big bs=4k skip={bad + 1} count=1 2>/dev/null; {CLEAN}",
        *faulty(big[0], iotype="read", sector=sector),
        *drive(raw(tmp_path / "raw.img", hole), 1),
        "-m",
        "64",
        "-k",
        params,
        "-v",
    )
    text = result.out
    assert (
        b"Input/output error\n%d+0 records in\n" % bad in text
        and b"\nsame\n" + BIG[(bad + 1) * PAGE :][:PAGE] in text
    ), result.err
    assert (
        text.endswith(b"mismatches 0\n")
        and result.err.count("cmp: EOF on -") == 1
    )
    assert all(
        line.endswith(f"sector {sector}") for line in complaints(result)
    ) and complaints(result)


@pytest.mark.parametrize("params", ["", "ide=nodma"])
def test_write_error_in_a_batch(params, tmp_path):
    """Fails the writing of a page. fsync of its file says so again and again,
    that of another does not. All other pages are written."""
    image = disk(
        tmp_path / "disk.img",
        {
            "big": bytes(range(256)) * (MB // 256),
            "new": BIG[:MB],
            "good": b"bad",
        },
    )
    with open(image, "rb") as f:
        start = f.read().index(bytes(range(256)) * 8)
    result = cowix(
        f"{MOUNT}; dd if=/mnt/new of=/mnt/big bs=64k conv=notrunc,fsync; "
        "echo $?; sync /mnt/big; echo $?; echo good >/mnt/good; "
        "sync /mnt/good; echo $?; cmp /mnt/new /mnt/big; echo $?; "
        "audit | head -1",
        *faulty(image, iotype="write", sector=start // 512 + 901),
        "-k",
        params,
        "-v",
    )
    assert (
        result.out == b"1\n1\n0\n0\nmismatches 0\n" and errors(result) == 2
    ), result.err
    with open(image, "rb") as f:
        data = f.read()
    missing = [
        i
        for i in range(0, MB, 512)
        if BIG[i : i + 512]
        not in (
            data[start + i : start + i + 512],
            data[start + i + 1024 : start + i + 1536],
            data[start + i + 2048 : start + i + 2560],
            data[start + i + 3072 : start + i + 3584],
            data[start + i + 4096 : start + i + 4608],
        )
    ]
    assert 1 <= len(missing) <= 8 and missing[-1] - missing[0] < PAGE, missing
    assert b"good\n" in data


@pytest.mark.parametrize(
    "memory,params,fs",
    [
        ("5", "", "minix3"),
        ("6", "", "minix2"),
        ("8", "", "minix3-4k"),
        ("6", "ide=nodma", "minix3"),
    ],
)
def test_together(memory, params, fs, tmp_path):
    """Reads, writes, truncates and fsyncs the same files at once, in less
    memory than needed."""
    image = disk(tmp_path / "disk.img", {}, fs, 10000)
    for seed in range(1, 4):
        result = cowix(
            f"{MOUNT}; cd /mnt; /tests/readahead {seed} && {CLEAN}",
            *drive(image),
            "-m",
            memory,
            "-k",
            params,
            image=guest_floppy("readahead"),
            timeout=100,
        )
        assert result.status == 0 and result.out.endswith(
            b"1 passed, 0 failed\nmismatches 0\n"
        ), (result.out.decode() + result.err)
        if fs != "minix3-4k":
            fsck(image)


def test_nothing_lost_when_memory_is_short(big):
    """Reads files while programs take nearly all memory. They run on, and all
    frames come back."""
    result = cowix(
        f"{MOUNT}; for i in 1 2 3; "
        "do dd if=/mnt/big bs=700k count=3 2>/dev/null | "
        f"cmp - /dev/hdb & done; wait; {CLEAN}",
        *drive(big[0]),
        *drive(big[1], 1),
        "-m",
        "6",
        timeout=100,
    )
    assert (
        result.status == 0
        and result.out == b"mismatches 0\n"
        and result.err.count("cmp: EOF on -") == 3
    ), result.err


def test_speed(tmp_path):
    """Checks that pages are joined: far fewer interrupts than pages, and DMA
    faster than PIO. `pytest -s -k speed` prints the figures."""
    image, rates = disk(tmp_path / "disk.img", {}, kilobytes=60 << 10), {}
    read = (
        "umount /mnt; mount /dev/hda /mnt; grep intr /proc/stat; "
        "dd if=/mnt/big of=/dev/null bs=4k 2>&1; grep intr /proc/stat"
    )
    for mode, params in (("DMA", ""), ("PIO", "ide=nodma")):
        result = cowix(
            f"mount -t proc proc /proc; {MOUNT}; "
            f"dd if=/dev/zero of=/mnt/big bs=4k count={SPEED_MB}x256 "
            f"conv=fsync 2>&1; {read}",
            *drive(image),
            "-m",
            "64",
            "-k",
            params,
            timeout=100,
        )
        text = result.out.decode()
        written, rates[mode] = [
            int(n) / 1000 for n in re.findall(r"([0-9]+) kB/s", text)
        ]
        before, after = [
            int(line.split()[16])
            for line in re.findall("^intr .*", text, re.M)
        ]
        print(
            "\n"
            f"a file of {SPEED_MB} MB by {mode}: read {rates[mode]:.0f} MB/s "
            f"with {after - before} interrupts, written {written:.0f} MB/s"
        )
        assert mode == "PIO" or after - before < SPEED_MB * MB // PAGE // 2
    assert rates["DMA"] > rates["PIO"]


def test_few_transfers(tmp_path):
    """Counts the disk's interrupts: inodes made together come together, and so
    do the pages of a file that is read from front to back."""
    files = {f"file{i:04}": b"x" for i in range(1000)}
    image = disk(tmp_path / "many.img", dict(files, big=BIG[: 4 * MB]))
    count = "grep intr /proc/stat | cut -d ' ' -f 17"
    result = cowix(
        f"{MOUNT}; {count}; ls -l /mnt | wc -l; {count}; "
        f"cat /mnt/big | wc -c; {count}; {CLEAN}",
        *drive(image),
        "-m",
        "64",
    )
    before, names, listed, size, read, clean = result.out.split(b"\n")[:6]
    assert (names, size, clean) == (b"1002", b"4194304", b"mismatches 0")
    assert int(listed) - int(before) < 40, result.out  # 63 blocks each
    assert int(read) - int(listed) < 130, result.out  # 1,024 pages
