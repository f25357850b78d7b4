"""Booting: both emulators, memory sizes, hard disk, and missing or damaged
parts."""
import os
import re
import shutil
import struct
import subprocess

import pytest

from conftest import BUILD, FLOPPY, TOP, cowix, fsck, mkfs
from test_disk import drive


@pytest.mark.parametrize("emulator", ["qemu", "bochs"])
def test_boots(emulator):
    result = cowix("echo out; echo err >&2; exit 7", "-e", emulator)
    assert (result.status, result.out) == (
        7,
        b"out\n",
    ) and result.err == "err\n"


@pytest.mark.parametrize("megabytes", [4, 8, 16, 64, 512, 896, 2048])
def test_memory_sizes(megabytes):
    result = cowix(
        "free; ls -l /bin | sort | wc -l && audit", "-m", str(megabytes), "-v"
    )
    assert result.status == 0, result.err
    total, ram = int(result.out.split()[5]), min(megabytes, 896) * 1024
    # without the kernel's own, and its hash tables
    assert ram * 0.994 - 1040 < total < ram


@pytest.mark.parametrize("megabytes", [4, 32])
def test_memory_sizes_in_bochs(megabytes):
    assert (
        cowix("ls / && audit", "-e", "bochs", "-m", str(megabytes)).status == 0
    )


@pytest.mark.parametrize("emulator", ["qemu", "bochs"])
def test_hard_disk(emulator):
    """Boots the same image from a hard disk."""
    result = cowix(
        "mount; touch /tmp/x && sync && ls /tmp", "-H", "-e", emulator
    )
    assert (
        result.status == 0
        and b"/dev/hda" in result.out
        and b"x\n" in result.out
    )


@pytest.mark.parametrize("cpu", ["486", "pentium", "pentium3"])
def test_cpus(cpu):
    assert cowix("ls / && audit", "-q=-cpu", f"-q={cpu}").status == 0


def test_mem_parameter():
    total = int(cowix("free", "-m", "64", "-k", "mem=16M").out.split()[5])
    assert 15 << 10 < total < 16 << 10


def test_output_is_exact():
    """Checks that every byte value arrives unchanged, in order, in a large
    amount."""
    result = cowix(
        "i=0; while [ $i -lt 4 ]; do printf_all; "
        "i=$((i+1)); done 2>/dev/null; cat /bin/sh"
    )
    with open(f"{BUILD}/bin/sh", "rb") as f:
        assert result.out == f.read()


def test_reproducible(tmp_path):
    programs = sorted(
        p for p in os.listdir(f"{BUILD}/bin") if not p.endswith(".elf")
    )
    images = [str(tmp_path / name) for name in "ab"]
    for image in images:
        assert mkfs(image, *programs).returncode == 0
    assert open(images[0], "rb").read() == open(images[1], "rb").read()
    fsck(images[0])


@pytest.mark.parametrize("emulator", ["qemu", "bochs"])
def test_files_outlive_a_reboot(emulator, tmp_path):
    first, second = str(tmp_path / "1.img"), str(tmp_path / "2.img")
    assert (
        cowix(
            "mkdir /root/d && cp /bin/ls /root/d/copy && "
            "echo kept > /root/note",
            "-e",
            emulator,
            "-s",
            first,
        ).status
        == 0
    )
    fsck(first)
    result = cowix(
        "cat /root/note; cmp /bin/ls /root/d/copy 2>/dev/null || "
        "hexdump /bin/ls > /tmp/a && hexdump /root/d/copy > /tmp/b; "
        "rm -r /root/d /root/note",
        "-e",
        emulator,
        "-s",
        second,
        image=first,
    )
    assert result.out == b"kept\n"
    fsck(second)


def panics(result, *texts):
    assert result.status == 125, result.err
    for text in ("panic: ",) + texts:
        assert text in result.err, result.err


def test_missing_init(tmp_path):
    image = str(tmp_path / "x.img")
    assert mkfs(image, "ls").returncode == 0
    panics(
        cowix("true", image=image),
        "no init found",
        "backtrace:",
        "init+",
        "audit: 0 mismatches",
    )


def test_wrong_init_parameter():
    panics(
        cowix("true", "-k", "init=/nowhere"), "cannot run /nowhere: error 2"
    )


def test_wrong_root():
    panics(cowix("true", "-k", "root=hdx"), "cannot mount the root")


def test_wrong_magic(tmp_path):
    image = str(tmp_path / "x.img")
    shutil.copyfile(FLOPPY, image)
    with open(image, "r+b") as f:
        f.seek(1024 + 16)
        f.write(b"\0\0")
    panics(cowix("true", image=image), "cannot mount the root")


def test_damaged_super_block(tmp_path):
    """Sets each field of the super block to hostile values. They are refused
    or harmless, never a hang."""
    image = str(tmp_path / "x.img")
    data = open(FLOPPY, "rb").read()
    for offset in range(0, 12, 2):
        for value in (0, 0xFFFF):
            bad = bytearray(data)
            struct.pack_into("<H", bad, 1024 + offset, value)
            with open(image, "wb") as f:
                f.write(bad)
            assert cowix("true", image=image, timeout=20).status in (0, 125), (
                offset,
                value,
            )


def test_damaged_kernel(tmp_path):
    image = str(tmp_path / "x.img")
    data = bytearray(open(FLOPPY, "rb").read())
    data[60000] ^= 0x10
    with open(image, "wb") as f:
        f.write(data)
    result = cowix("true", image=image, timeout=5)
    assert result.status in (124, 126) or "damaged" in result.err
    result = cowix("true", "-v", image=image, timeout=5)
    assert "the kernel is damaged" in result.err


@pytest.mark.parametrize("kilobytes", [50, 700])
def test_floppy_cut_short(kilobytes, tmp_path):
    """Checks that loader or kernel says what is wrong, instead of a silent
    reset."""
    image = str(tmp_path / "x.img")
    with open(FLOPPY, "rb") as f, open(image, "wb") as g:
        g.write(f.read(kilobytes * 1024))
    result = cowix("ls -l / /bin", "-v", image=image, timeout=15)
    assert result.status == 0 or any(
        word in result.err
        for word in ("cannot read", "damaged", "panic: ", "cannot")
    ), result.err


def test_kernel_too_large(tmp_path):
    kernel = str(tmp_path / "kernel.bin")
    with open(kernel, "wb") as f:
        f.write(os.urandom(1500 * 1024))
    result = mkfs(str(tmp_path / "x.img"), "ls", kernel=kernel)
    assert (
        result.returncode != 0 and "too large for the floppy" in result.stderr
    )


def test_time_out():
    assert cowix("sleep 100", timeout=4).status == 124


def test_parameters_too_long():
    result = cowix("x" * 3000)
    assert result.status == 126 and "too long" in result.err


@pytest.fixture
def disk(tmp_path):
    """Returns a hard disk of 40 MB with an empty Minix file system made by the
    host's mkfs.minix."""
    image = str(tmp_path / "disk.img")
    with open(image, "wb") as f:
        f.truncate(80 * 16 * 63 * 512)
    subprocess.run(
        ["mkfs.minix", "-1", "-n", "30", image],
        check=True,
        capture_output=True,
    )
    return image


def test_mounted_disk(disk):
    """Mounts a second file system, fills it beyond the machine's memory,
    writes it back and unmounts it clean."""
    script = (
        "mount /dev/hda /mnt && mkdir /mnt/d && dd if=/dev/zero of=/mnt/d/big "
        "bs=4096 count=5000 2>/dev/null && cp /bin/ls /mnt/d && "
        "mount && ls -l /mnt/d && mount /dev/hda /tmp; "
        "umount /mnt && ls /mnt && audit -d | head -1"
    )
    result = cowix(
        script,
        "-m",
        "12",
        *drive(disk),
        timeout=120,
    )
    assert result.status == 0, result.err
    assert (
        b"20480000" in result.out
        and b"/dev/hda /mnt minix rw" in result.out
        and b"mismatches 0" in result.out
    )
    assert "Device or resource busy" in result.err
    fsck(disk)


def test_overlay(tmp_path):
    """Checks that make OVERLAY=dir adds a folder's files, with their modes."""
    overlay = tmp_path / "overlay"
    (overlay / "root" / "deep").mkdir(parents=True)
    (overlay / "root" / "deep" / "hello").write_text(
        "#!/bin/sh\necho overlaid $1\n"
    )
    (overlay / "root" / "deep" / "hello").chmod(0o755)
    programs = sorted(
        p for p in os.listdir(f"{BUILD}/bin") if not p.endswith(".elf")
    )
    image = str(tmp_path / "x.img")
    assert mkfs(image, *programs, overlay=str(overlay)).returncode == 0
    fsck(image)
    assert (
        cowix("/root/deep/hello well", image=image).out == b"overlaid well\n"
    )


def test_bochs_cow():
    """Checks make bochs-cow: the entry is read-only before, writable after.
    The old frame's count is 2, then 1."""
    text = subprocess.run(
        ["tools/bochs/cow"],
        cwd=TOP,
        capture_output=True,
        text=True,
        timeout=120,
    ).stdout
    entries = re.findall(r"PTE: 0x\w+ .* U ([RW]) P", text)
    counts = re.findall(r"0x([0-9a-f]{8})\t0x00000001$", text, re.M)
    assert entries == ["R", "W"] and counts == ["00000002", "00000001"], text


def gdb(folder, *commands):
    """Runs gdb's commands on the kernel in QEMU, from the first instruction
    on. Returns what gdb prints, and the kernel's messages."""
    (folder / "commands").write_text("\n".join(commands) + "\n")
    image = str(folder / "floppy.img")
    shutil.copyfile(FLOPPY, image)
    port = 20000 + os.getpid() % 20000
    with open(f"{TOP}/tools/gdbinit") as f:
        init = f.read().replace(":1234", f":{port}")
    (folder / "init").write_text(init)
    machine = "qemu-system-i386 -M pc -m 32 -display none -nodefaults -boot a"
    qemu = subprocess.Popen(
        machine.split()
        + ["-S", "-gdb", f"tcp:127.0.0.1:{port}"]
        + ["-drive", f"if=floppy,index=0,format=raw,file={image}"]
        + ["-debugcon", f"file:{folder}/log"]
    )
    try:
        text = subprocess.run(
            ["gdb", "-q", "-nx", "-batch", "-x", str(folder / "init")]
            + ["-x", str(folder / "commands"), f"{BUILD}/kernel.elf"],
            cwd=TOP,
            capture_output=True,
            text=True,
            timeout=120,
        ).stdout
    finally:
        qemu.kill()
        qemu.wait()
    return text, (folder / "log").read_text()


def test_gdb(tmp_path):
    """Checks make debug's commands: gdb reaches do_wp_page with source and
    arguments. The audit names the programs that map a frame whose count is
    wrong."""
    text, log = gdb(
        tmp_path,
        "break do_wp_page",
        "continue",
        "backtrace",
        "cow",
        "audit",
        "set mem_map[*entry >> 12].count = 7",
        "audit",
        "monitor quit",
    )
    assert "do_page_fault" in text and "count 2" in text, text
    assert re.findall(r"^(\d) mismatches", text, re.M) == ["0", "1"], text
    assert re.search(
        r"audit: wrong count: frame \w+, count 7, recounted 2,", log
    ), log
    owners = re.findall(
        r"audit: it is mapped at (\w+) by pid (\d) \(init\)", log
    )
    assert len(owners) == 2 and owners[0][0] == owners[1][0], log


def backtrace(log):
    """Returns a panic's callers, the innermost first: name and arguments."""
    lines = re.findall(
        r"^  \[\w{8}\] (\w+)\+\w+  \((\w+) (\w+) \w+ \w+\)$", log, re.M
    )
    return [(name, int(a, 16), int(b, 16)) for name, a, b in lines]


def test_backtrace_of_init():
    """Checks a panic's backtrace: each caller, with the arguments of its
    call."""
    result = cowix("true", "-k", "init=/nowhere")
    callers = backtrace(result.err)
    assert [c[0] for c in callers] == ["init", "kernel_thread_start"]


def test_backtrace_of_a_fault(tmp_path):
    """Frees in do_wp_page a frame that is marked free already. The panic names
    all calls since the exception, with the arguments that gdb sees."""
    text, log = gdb(
        tmp_path,
        "break do_wp_page",
        "continue",
        'printf "arguments %u %u\\n", addr, entry',
        "break free_page",
        "continue",
        "set mem_map[phys >> 12].count = 0",
        "delete",
        "break stop_machine",
        "continue",
        "monitor quit",
    )
    found = re.search(r"^arguments (\d+) (\d+)$", text, re.M)
    callers = backtrace(log)
    names = [c[0] for c in callers]
    assert names[:2] == ["free_page", "do_wp_page"], log
    assert names[-2:] == ["do_page_fault", "page_fault"], log
    assert callers[2][1:] == (int(found[1]), int(found[2])), log
