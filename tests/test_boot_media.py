"""The one image boots from every medium: floppy, USB stick, IDE and SATA disk,
CD, behind GRUB and with qemu -kernel. What each says when a part is missing."""
import os
import re
import shutil
import subprocess

import pytest

from conftest import (
    BUILD,
    FLOPPY,
    TOP,
    Machine,
    cowix,
    disk_options,
    load_tool,
)
from limit import Limit

BLOCK = 1024
KERNEL = f"{BUILD}/kernel.elf"
NOT_KEPT = "changes are not kept"


def image_with(path, params, data=None):
    """Makes a copy of the floppy, or of data, with kernel parameters. Returns
    its path."""
    image = bytearray(data or open(FLOPPY, "rb").read())
    load_tool("mkfs").set_params(image, params)
    with open(path, "wb") as f:
        f.write(image)
    return str(path)


def command(text):
    return f"panic=off run={text}"


def iso_of(image):
    """Returns the path of a CD with a floppy image, as make iso builds it."""
    path = image + ".iso"
    result = subprocess.run(
        [f"{TOP}/tools/iso", image, path], capture_output=True, text=True
    )
    if "install xorriso" in result.stderr:
        pytest.skip(result.stderr)
    assert result.returncode == 0, result.stderr
    return path


def drive(image, device, *devices):
    """Returns QEMU's options for a disk at a device of any kind."""
    options = [f"if=none,id=medium,format=raw,cache=unsafe,file={image}"]
    options = ["-drive", *options]
    for word in (*devices, f"{device},drive=medium"):
        options += ["-device", word]
    return options


MEDIA = {
    "floppy": lambda image: disk_options(image, 0, "floppy"),
    "ide": disk_options,
    "usb": lambda image: drive(image, "usb-storage", "usb-ehci"),
    "sata": lambda image: drive(image, "ide-hd,bus=sata.0", "ahci,id=sata"),
    "cd": lambda image: ("-cdrom", iso_of(image)),
    "sata-cd": lambda image: drive(
        iso_of(image), "ide-cd,bus=sata.0", "ahci,id=sata"
    ),
    "kernel": lambda image: ("-kernel", KERNEL, "-initrd", image),
}
# What Cowix has no driver for is the ramdisk, the others are the root.
ROOTS = {"floppy": "/dev/ram0", "ide": "/dev/hda"}


class Run:
    """A machine that has ended: its output, and what boot and kernel said."""

    def __init__(self, folder, options, memory=32, seconds=60):
        """The limit ends a machine that stands still after a message."""
        self.folder = folder
        process = subprocess.Popen(
            [
                *"qemu-system-i386 -M pc -display none -nodefaults".split(),
                *"-vga std -no-reboot -boot order=acd -m".split(),
                str(memory),
                *("-device", "isa-debug-exit,iobase=0xf4,iosize=4"),
                *("-debugcon", f"file:{folder}/log"),
                *("-serial", f"file:{folder}/out"),
                *options,
            ],
            stdin=subprocess.DEVNULL,
        )
        limit = Limit(process.pid, seconds)
        while not limit.over() and not self.has_ended(process):
            pass
        process.kill()
        process.wait()
        self.log, self.out = self.read("log"), self.read("out")

    def read(self, name):
        path = f"{self.folder}/{name}"
        if not os.path.exists(path):
            return ""
        with open(path, encoding="latin-1") as f:
            return f.read()

    def has_ended(self, process):
        """Waits for a moment. A boot sector that gives up only stops."""
        try:
            process.wait(timeout=0.2)
            return True
        except subprocess.TimeoutExpired:
            return re.search(r"^sector \w+ ", self.read("log"), re.M)


def check_lines(log):
    """No line of the boot messages wraps on the console."""
    assert max(map(len, log.splitlines())) <= 80, log


@pytest.mark.parametrize("medium", MEDIA)
def test_medium(medium, tmp_path):
    script = "ls /; mount; touch /root/x; sync; audit"
    image = image_with(tmp_path / "a.img", command(script))
    options = list(MEDIA[medium](image))
    if medium == "kernel":
        options += ["-append", command(script)]
    run = Run(tmp_path, options)
    assert "power off, status 0" in run.log, run.log
    root = ROOTS.get(medium, "/dev/ram0")
    assert f"{root} / minix rw" in run.out and "sbin" in run.out, run.out
    assert "mismatches 0" in run.out, run.out
    assert (NOT_KEPT in run.log) == (medium not in ROOTS), run.log
    check_lines(run.log)


def test_dots(tmp_path):
    """Checks that progress is shown, and the version."""
    run = Run(
        tmp_path, MEDIA["floppy"](image_with(tmp_path / "a", command("true")))
    )
    assert re.search(r"^boot\.{30,70}\r?$", run.log, re.M), run.log
    assert re.search(r"^setup: reading .*\.{40}\r?$", run.log, re.M), run.log
    with open(f"{BUILD}/version") as f:
        version, *commit = f.read().split()
    assert " ".join(["Cowix", version, "#1", *commit]) in run.log


def zone_map(image):
    """Returns the first data zone, and the bits of the zones from it on."""
    first = int.from_bytes(image[BLOCK + 8 : BLOCK + 10], "little")
    inode_maps = int.from_bytes(image[BLOCK + 4 : BLOCK + 6], "little")
    at = (2 + inode_maps) * BLOCK
    bits = int.from_bytes(image[at : at + BLOCK], "little") >> 1
    return first, bits


def test_every_block(tmp_path):
    """Checks that the ramdisk has every block of the file system, and zeroes
    in the place of free ones, whatever these hold."""
    data = bytearray(open(FLOPPY, "rb").read())
    first, bits = zone_map(data)
    want = bytearray(data)
    for zone in range(first, len(data) // BLOCK):
        if not bits >> (zone - first) & 1:
            data[zone * BLOCK : (zone + 1) * BLOCK] = b"\xAA" * BLOCK
            want[zone * BLOCK : (zone + 1) * BLOCK] = bytes(BLOCK)
    image = image_with(tmp_path / "a", command("cat /dev/ram0"), data)
    image_with(tmp_path / "b", command("cat /dev/ram0"), want)
    Run(tmp_path, MEDIA["sata"](image))
    got, want = (tmp_path / "out").read_bytes(), (tmp_path / "b").read_bytes()
    assert len(got) == len(want)
    for at in range(0, len(want), BLOCK):
        assert got[at : at + BLOCK] == want[at : at + BLOCK], at // BLOCK


def test_other_floppy(tmp_path):
    """Boots from a CD. The floppy in the drive is not the root's medium, so
    nothing is written to it."""
    image = image_with(tmp_path / "a", command("touch /root/x; sync"))
    other = tmp_path / "other"
    data = bytearray(open(FLOPPY, "rb").read())
    data[16 * BLOCK] ^= 1  # an inode
    other.write_bytes(data)
    run = Run(
        tmp_path,
        [
            *MEDIA["cd"](image),
            *disk_options(other, 0, "floppy"),
            *("-boot", "order=d"),
        ],
    )
    assert "status 0" in run.log and NOT_KEPT in run.log, run.log
    assert other.read_bytes() == data


def test_floppy_is_written_back(tmp_path):
    image = image_with(tmp_path / "a", command("echo kept > /root/x; sync"))
    assert "status 0" in Run(tmp_path, MEDIA["floppy"](image)).log
    assert b"kept\n" in open(image, "rb").read()


@pytest.mark.parametrize(
    "params,loads,root",
    [
        ("root=fd0", False, "fd0"),
        ("ramdisk=kernel", False, "ram0"),
        ("x=y root=/dev/ram0", True, "ram0"),
        ("root=ram0 ramdisk=kernel", True, "ram0"),
    ],
)
def test_parameters(params, loads, root, tmp_path):
    """The ramdisk is read by setup only if it will be the root."""
    image = image_with(tmp_path / "a", f"{params} {command('true')}")
    run = Run(tmp_path, MEDIA["floppy"](image))
    assert ("setup: reading" in run.log) == loads, run.log
    assert f"root: /dev/{root}" in run.log and "status 0" in run.log


def test_root_by_name(tmp_path):
    """root= names the root, wherever the image came from. A device that is
    no disk is not called one."""
    image = image_with(tmp_path / "a", "root=ram0 " + command("true"))
    run = Run(tmp_path, MEDIA["ide"](image))
    assert "root: /dev/ram0" in run.log and NOT_KEPT in run.log, run.log
    image = image_with(tmp_path / "a", "root=500 " + command("true"))
    run = Run(tmp_path, MEDIA["floppy"](image))
    assert "panic: cannot mount" in run.log, run.log
    assert "is not there" not in run.log, run.log


def test_little_memory(tmp_path):
    """With 4 MB the root stays on the floppy. On a medium without a driver, or
    as a module, it cannot be reached, which is said."""
    image = image_with(tmp_path / "a", command("ls /"))
    run = Run(tmp_path, MEDIA["floppy"](image), memory=4)
    assert "root: /dev/fd0" in run.log and "sbin" in run.out, run.log
    assert "setup: reading" not in run.log
    run = Run(tmp_path, MEDIA["sata"](image), memory=4)
    assert "/dev/hda is not there: only IDE disks and floppies" in run.log
    assert "error 6 (no such device)" in run.log
    check_lines(run.log)
    options = [*MEDIA["kernel"](image), "-append", command("ls /")]
    run = Run(tmp_path, options, memory=4)
    assert "ramdisk: ignored, no memory to use at " in run.log, run.log
    check_lines(run.log)


@pytest.mark.parametrize("memory", [8, 12, 896, 2048])
def test_memory(memory, tmp_path):
    """The ramdisk lies among the kernel's tables, before or behind them."""
    image = image_with(tmp_path / "a", command("audit; free"))
    for options in (
        MEDIA["sata"](image),
        [*MEDIA["kernel"](image), "-append", command("audit; free")],
    ):
        run = Run(tmp_path, options, memory=memory)
        if memory == 8 and "-kernel" not in options:
            assert "panic: " in run.log  # the BIOS keeps a part of the 8
        else:
            assert "mismatches 0" in run.out, run.log + run.out


def test_cut_short(tmp_path):
    """An image that ends early: in the files, in the kernel."""
    data = open(image_with(tmp_path / "a", command("true")), "rb").read()
    (tmp_path / "b").write_bytes(data[: 700 * BLOCK])
    run = Run(tmp_path, MEDIA["ide"](tmp_path / "b"))
    assert re.search(r"cannot read sector \w{4}: error \w{4}", run.log)
    assert "panic: cannot mount" in run.log, run.log
    (tmp_path / "b").write_bytes(data[: 50 * BLOCK])
    run = Run(tmp_path, MEDIA["ide"](tmp_path / "b"))
    assert re.search(r"^sector 0064 error \w{4}$", run.log, re.M), run.log


@pytest.mark.parametrize(
    "shown,says",
    [
        ("boot...", "\nsector "),
        ("file system...", "cannot read sector "),
    ],
)
def test_floppy_taken_out(shown, says, tmp_path):
    """Takes a slow floppy out while it is read. The boot sector gives up; the
    kernel does without what setup could not read."""
    image = image_with(tmp_path / "a", "")
    options = f"if=none,id=medium,format=raw,file={image}"
    options += ",throttling.bps-read=100000"
    machine = Machine(
        str(tmp_path),
        ("-drive", options, "-device", "floppy,drive=medium"),
    )
    try:
        machine.wait_for(shown)
        machine.command(
            "human-monitor-command", **{"command-line": "eject -f medium"}
        )
        machine.wait_for(says)
        if says == "cannot read sector ":
            machine.wait_for("audit: 0 mismatches")
            screen = machine.screen()
            assert ": the controller failed 0020" in screen, screen
            assert "error 6 (no such device)" in screen, screen
    finally:
        machine.close()


def test_kernel_with_a_disk(tmp_path):
    """qemu -kernel without a ramdisk: the root is where root= says."""
    image = image_with(tmp_path / "a", "")
    run = Run(
        tmp_path,
        ["-kernel", KERNEL, *disk_options(image)]
        + ["-append", "root=hda " + command("cat /proc/cmdline")],
    )
    assert "root=hda panic=off run=cat" in run.out, run.log


def test_kernel_with_too_much(tmp_path):
    """A module that is larger than any floppy."""
    data = open(FLOPPY, "rb").read()
    (tmp_path / "a").write_bytes(data + bytes(3 << 20))
    run = Run(
        tmp_path,
        [*MEDIA["kernel"](tmp_path / "a"), "-append", command("audit")],
    )
    assert "ramdisk: 4512 KB are too many" in run.log, run.log
    assert "mismatches 0" in run.out, run.log


def test_grub(tmp_path):
    for program in ("grub-mkrescue", "xorriso", "mformat"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    if not os.path.isdir("/usr/lib/grub/i386-pc"):
        pytest.skip("grub-pc-bin is not installed")
    boot = tmp_path / "cd" / "boot"
    (boot / "grub").mkdir(parents=True)
    shutil.copyfile(KERNEL, boot / "kernel.elf")
    shutil.copyfile(FLOPPY, boot / "cowix.img")
    (boot / "grub" / "grub.cfg").write_text(
        "set timeout=0\nmenuentry Cowix {\n"
        "multiboot /boot/kernel.elf panic=off run=ls /\n"
        "module /boot/cowix.img\n}\n"
    )
    subprocess.run(
        ["grub-mkrescue", "-d", "/usr/lib/grub/i386-pc"]
        + ["-o", str(tmp_path / "iso"), str(tmp_path / "cd")],
        check=True,
        capture_output=True,
    )
    run = Run(tmp_path, ["-cdrom", str(tmp_path / "iso")])
    assert "started by a boot loader" in run.log, run.log
    assert "sbin" in run.out and "status 0" in run.log, run.log


def test_bochs(tmp_path):
    """Bochs's BIOS, too, reads the ramdisk: from floppy, disk and CD."""
    cd = iso_of(image_with(tmp_path / "a", command("mount; audit")))
    for root, options in (
        ("ram0", ("-k", "ramdisk=bios")),
        ("hda", ("-H",)),
        (
            "ram0",
            ("-b", "floppya: 1_44=none, status=ejected")
            + ("-b", f"ata0-master: type=cdrom, path={cd}, status=inserted")
            + ("-b", "boot: cdrom"),
        ),
    ):
        run = cowix("mount; audit", "-v", "-e", "bochs", *options)
        assert run.status == 0, run.err
        assert "setup: reading" in run.err, run.err
        assert f"/dev/{root} / minix".encode() in run.out, run.out
        assert b"mismatches 0" in run.out, run.out


def test_iso_without_its_tool(tmp_path):
    (tmp_path / "dirname").symlink_to(shutil.which("dirname"))
    result = subprocess.run(
        ["/bin/sh", f"{TOP}/tools/iso"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert result.stderr == "iso: install xorriso or genisoimage\n"


def test_run_options(tmp_path):
    """make run and run-hd: memory and emulator can be chosen."""
    qemu = tmp_path / "qemu"
    qemu.write_text('#!/bin/sh\necho "$@"\n')
    qemu.chmod(0o755)
    for mode, medium in (("", "cowix.img"), ("hd", "hd.img")):
        text = subprocess.run(
            f"sh tools/qemu {mode}".split(),
            cwd=TOP,
            env={"PATH": os.environ["PATH"], "MEM": "77", "QEMU": str(qemu)},
            capture_output=True,
            text=True,
        ).stdout
        assert "-m 77 " in text and f"file=build/{medium}" in text, text


def test_panic_in_colour(tmp_path):
    """A panic's report is white on red, to the end of the screen."""
    image = image_with(tmp_path / "a", "init=/nowhere")
    machine = Machine(str(tmp_path), image)
    try:
        machine.wait_for("audit: 0 mismatches")
        rows = machine.screen().splitlines()
        colours = open(machine.vga, "rb").read()[1::2]
    finally:
        machine.close()
    first = next(i for i, row in enumerate(rows) if row.startswith("panic: "))
    assert set(colours[first * 80 :]) == {0x4F, 0x47}  # text, blanks
    assert set(colours[: (first - 1) * 80]) == {0x07, 0x1F, 0x17}  # a banner
