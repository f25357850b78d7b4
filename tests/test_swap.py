"""Swap on partitions and in files: programs with three times the memory there
is, and what is shown of it."""
import re
import struct
import subprocess

import pytest

from conftest import BUILD, TOP, cowix, fsck, guest_floppy, mkfs
from linux import STATIC, linux
from swap_disks import (
    CLEAN,
    MB,
    ON,
    PAGE,
    PROC,
    PROGRAMS,
    START,
    make_floppy,
    mkswap,
    swap_disk,
    with_partition,
)
from test_disk import create, drive
from test_programs import SOURCES


@pytest.fixture(scope="module")
def floppy(tmp_path_factory):
    return make_floppy(tmp_path_factory.mktemp("floppy"))


def swap_line(out):
    """Returns total, used and free of free's last line."""
    return [
        int(n) for n in re.search(r"Swap: +(\d+) +(\d+) +(\d+)", out).groups()
    ]


@pytest.mark.parametrize(
    "what,params",
    [
        ("24000", ""),
        ("8000 5", ""),
        ("12000 2 7 4", ""),
        ("8000 3 2 0", ""),
        ("8000 4 1", "ide=nodma"),
    ],
)
def test_three_times_the_memory(what, params, floppy, tmp_path):
    """Writes and reads three times the RAM, alone and shared by forks of all
    policies. Each byte is right; then swap is empty and goes."""
    result = cowix(
        f"{ON}; /tests/thrash {what} && {CLEAN}",
        *drive(swap_disk(tmp_path / "swap.img", 64 * MB)),
        "-m",
        "8",
        "-k",
        params,
        image=floppy,
        timeout=150,
    )
    out = result.out.decode()
    assert result.status == 0 and out.startswith("right\nmismatches 0\n"), (
        out + result.err
    )
    assert swap_line(out)[:2][1] < 200 and out.splitlines()[-1].split() == [
        "Swap:",
        "0",
        "0",
        "0",
    ]


def test_pressed(floppy, tmp_path):
    """Uses pipes, FPU registers and terminals while every allocation
    sleeps."""
    result = cowix(
        f"{ON}; /tests/pressed && {CLEAN}",
        *drive(swap_disk(tmp_path / "swap.img")),
        "-m",
        "8",
        image=floppy,
        timeout=150,
    )
    out = result.out.decode()
    assert result.status == 0 and out.startswith("right\nmismatches 0\n"), (
        out + result.err
    )


def test_four_megabytes(floppy, tmp_path):
    result = cowix(
        f"{ON}; /tests/thrash 12000 && /tests/thrash 4000 4 && {CLEAN}",
        *drive(swap_disk(tmp_path / "swap.img")),
        "-m",
        "4",
        image=floppy,
        timeout=150,
    )
    assert result.status == 0 and result.out.startswith(
        b"right\nright\nmismatches 0\n"
    ), (result.out.decode() + result.err)


def test_mappings_by_dice(tmp_path):
    """Makes random calls on few pages, which go to swap all the time, with
    both copying forks. Each call's result is Linux's."""
    folder, host = tmp_path / "files", tmp_path / "host"
    (folder / "w").mkdir(parents=True)
    host.mkdir()
    if subprocess.run(
        ["gcc", *STATIC, "-o", folder / "dice", f"{SOURCES}/random_maps.c"],
        capture_output=True,
    ).returncode:
        pytest.skip("no static 32-bit C library: libc6-dev-i386")
    disk = str(tmp_path / "disk.img")
    subprocess.run(
        [
            f"{TOP}/tools/mkfs",
            "--overlay",
            folder,
            "--size",
            "4000",
            "-o",
            disk,
        ],
        check=True,
        capture_output=True,
    )
    seeds = range(11, 23)
    result = cowix(
        f"{ON}; mount /dev/hdb /mnt; cd /mnt/w; "
        f"for s in {' '.join(map(str, seeds))}; do /mnt/dice $s 600; done; "
        f"cd /; umount /mnt; {CLEAN}",
        *drive(swap_disk(tmp_path / "swap.img")),
        *drive(disk, 1),
        "-m",
        "16",
        timeout=150,
    )
    expected = linux(
        folder,
        f"cd w; for s in {' '.join(map(str, seeds))}; do "
        "../dice $s 600; done",
        host,
    )
    ours, clean = (
        result.out[: len(expected)].decode().splitlines(),
        result.out[len(expected) :].decode(),
    )
    assert ours == expected.decode().splitlines(), result.err
    assert clean.startswith("mismatches 0\n") and clean.splitlines()[
        -1
    ].split() == ["Swap:", "0", "0", "0"]


def test_partition_and_its_neighbours(floppy, tmp_path):
    """Checks that nothing is written outside of a partition."""
    image = with_partition(tmp_path / "disk.img")
    with open(image, "rb") as f:
        before = f.read(START * 512)
    result = cowix(
        f"{PROC}; swapon /dev/hda1 && /tests/thrash 20000 && swapon -s",
        *drive(image),
        "-m",
        "8",
        image=floppy,
        timeout=150,
    )
    assert (
        result.status == 0
        and result.out.startswith(b"right\nFilename")
        and b"/dev/hda1" in result.out
        and b"partition" in result.out
    ), result.err
    with open(image, "rb") as f:
        assert f.read(START * 512) == before


@pytest.mark.parametrize(
    "emulator,fs", [("qemu", "minix1"), ("bochs", "minix3")]
)
def test_file(emulator, fs, tmp_path):
    """Swaps to a file made by mkswap on the root disk, with three times the
    memory. Then the file system is as before."""
    image, after, overlay = (
        str(tmp_path / "hd.img"),
        str(tmp_path / "after.img"),
        tmp_path / "overlay",
    )
    (overlay / "tests").mkdir(parents=True)
    (overlay / "swap").write_bytes(bytes(20 * MB))
    (overlay / "tests" / "thrash").write_bytes(
        open(f"{BUILD}/tests/thrash", "rb").read()
    )
    (overlay / "tests" / "thrash").chmod(0o755)
    result = mkfs(
        image, "--disk", "30", "--fs", fs, *PROGRAMS, overlay=str(overlay)
    )
    assert result.returncode == 0, result.stderr
    result = cowix(
        f"{PROC}; mkswap /swap && swapon /swap && /tests/thrash 18000 && "
        "swapon -s && audit -d | head -1; "
        "(echo x >> /swap) 2>&1; swapoff /swap; rm /swap",
        "-H",
        "-e",
        emulator,
        "-m",
        "6",
        "-k",
        "root=hda1",
        "-s",
        after,
        image=image,
        timeout=250,
    )
    out = result.out.decode()
    assert result.status == 0 and "right\n" in out and "mismatches 0" in out, (
        out + result.err
    )
    assert (
        re.search(r"/swap +file +\d+\s+\d+\s+-2\n", out)
        and "Text file busy" in out
    )
    with open(after, "rb") as f, open(tmp_path / "part.img", "wb") as part:
        f.seek(START * 512)
        part.write(f.read())
    fsck(str(tmp_path / "part.img"))


def test_two_areas(floppy, tmp_path):
    """Checks that the area with the higher priority is filled first. If both
    are needed, both are used, and either can go alone."""
    disks = [swap_disk(tmp_path / f"{name}.img", 12 * MB) for name in "ab"]
    result = cowix(
        f"{PROC}; swapon /dev/hda; swapon -p 5 /dev/hdb; /tests/thrash 10000; "
        "swapon -s; /tests/thrash 22000; swapoff /dev/hdb && "
        "/tests/thrash 12000; "
        "swapon -s",
        *drive(disks[0]),
        *drive(disks[1], 1),
        "-m",
        "8",
        image=floppy,
        timeout=150,
    )
    out = result.out.decode()
    assert out.count("right\n") == 3, out + result.err
    used = [
        (name, int(n), int(priority))
        for name, n, priority in re.findall(
            r"/dev/(hd.) +partition +\d+\s+(\d+)\s+(-?\d+)", out
        )
    ]
    assert [(name, priority) for name, _, priority in used] == [
        ("hda", -2),
        ("hdb", 5),
        ("hda", -2),
    ] and used[0][1] == 0


def test_shell_goes_on_beside_it(floppy, tmp_path):
    """Runs commands while others push everything out. Their pages, and the
    shell's, come back right."""
    result = cowix(
        f"{ON}; /tests/thrash 9000 3 & i=0; while [ $i -lt 25 ]; "
        "do ls -l /bin; i=$((i+1)); done | sort | cut -c1-1 | uniq -c; wait; "
        f"{CLEAN}",
        *drive(swap_disk(tmp_path / "swap.img")),
        "-m",
        "8",
        image=floppy,
        timeout=150,
    )
    lines = result.out.decode().splitlines()
    assert (
        result.status == 0 and "right" in lines and "mismatches 0" in lines
    ), (result.out.decode() + result.err)
    assert (
        sum(
            int(line.split()[0])
            for line in lines
            if re.fullmatch(r" *\d+ [-lt]", line)
        )
        % 25
        == 0
    )


def test_headers(floppy, tmp_path):
    """Checks that each side reads the other's header, with the label. Mounted
    or used devices are refused."""
    ours, theirs = create(tmp_path / "ours.img", 8 * MB), mkswap(
        create(tmp_path / "theirs.img", 8 * MB), "-L", "spare"
    )
    result = cowix(
        f"{PROC}; mkswap -L cowix /dev/hda; swapon /dev/hda /dev/hdb && "
        "swapon -s; mount /dev/hda /mnt 2>&1; swapon /dev/hdb 2>&1; "
        "swapoff /dev/hda /dev/hdb; swapoff /dev/hda 2>&1; "
        "dd if=/dev/zero of=/dev/hdb bs=4k count=1; swapon /dev/hdb 2>&1",
        *drive(ours),
        *drive(theirs, 1),
        image=floppy,
    )
    out = result.out.decode()
    assert (
        out.startswith("/dev/hda: swap area of 8188 KB\nFilename")
        and out.count("partition\t\t8188")
        + len(re.findall(r"partition +8188", out))
        == 2
    ), out
    assert [
        line
        for line in out.splitlines()
        if " busy" in line or "nvalid" in line
    ] == [
        "mount: /dev/hda: Device or resource busy",
        "swapon: /dev/hdb: Device or resource busy",
        "swapoff: /dev/hda: Invalid argument",
        "swapon: /dev/hdb: Invalid argument",
    ], out
    label = subprocess.run(
        ["/usr/sbin/swaplabel", ours], capture_output=True, text=True
    )
    assert (
        label.returncode == 0
        and "LABEL: cowix" in label.stdout
        and re.search(r"UUID: +[0-9a-f]{8}-[0-9a-f]{4}-4", label.stdout)
    )
    with open(ours, "rb") as f:
        header = f.read(PAGE)
    assert struct.unpack_from("<II", header, 1024) == (
        1,
        8 * MB // PAGE - 1,
    ) and header.endswith(b"SWAPSPACE2")


def test_what_is_shown(floppy, tmp_path):
    """Checks meminfo, free, status, and the command line of a process whose
    pages are in swap."""
    result = cowix(
        f"{ON}; sleep 77 & /tests/thrash 12000; cat /proc/$!/cmdline | "
        "tr '\\0' ' '; echo; grep VmSwap /proc/$!/status; cat /proc/meminfo; "
        "free; "
        "kill $!",
        *drive(swap_disk(tmp_path / "swap.img")),
        "-m",
        "8",
        image=floppy,
        timeout=100,
    )
    out = result.out.decode()
    assert (
        "right\nsleep 77 \n" in out
        and int(re.search(r"VmSwap:\s+(\d+) kB", out)[1]) > 0
    ), out
    info = {
        name: int(kb)
        for name, kb in re.findall(r"^(\w+): +(\d+) kB", out, re.M)
    }
    total, used, free = swap_line(out)
    assert (
        info["SwapTotal"] == total == 32 * 1024 - 4
        and info["SwapFree"] == free
        and used == total - free > 0
    )


def test_trace(tmp_path):
    """Checks that the trace has events for pages that go out and come in."""
    result = cowix(
        f"{PROC}; echo 1 > /proc/vmtrace; /tests/swap round_trip; "
        "echo 0 > /proc/vmtrace; cat /proc/vmtrace",
        image=guest_floppy("swap"),
    )
    events = re.findall(
        r"^ *\d+ (out|in) +\d+ ([0-9a-f]{8}) ([0-9a-f]{8}) +(\d+) +(\d+)",
        result.out.decode(),
        re.M,
    )
    out, back = (
        [e[1:] for e in events if e[0] == kind] for kind in ("out", "in")
    )
    assert len(out) == len(back) == 10 and {e[0] for e in out} == {
        e[0] for e in back
    }
    assert all(e[2:] == ("1", "0") for e in out) and all(
        e[2:] == ("0", "1") for e in back
    )
