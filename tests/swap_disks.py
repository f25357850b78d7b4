"""Disks to swap on, and the floppy with programs that need them."""
import os
import subprocess

from conftest import BUILD, mkfs
from test_disk import create, put, table

MB = 1 << 20
PAGE = 4096
START = 2048  # sector of the partition
PROC = "mount -t proc proc /proc"
ON = f"{PROC}; swapon /dev/hda"
CLEAN = (
    "audit -d | head -1; free | tail -1; swapoff /dev/hda && free | tail -1"
)
PROGRAMS = (
    sorted(p for p in os.listdir(f"{BUILD}/bin") if not p.endswith(".elf"))
    if os.path.isdir(f"{BUILD}/bin")
    else []
)


def mkswap(image, *options):
    """Makes a swap area with the host's own mkswap."""
    subprocess.run(
        ["/usr/sbin/mkswap", *options, image], check=True, capture_output=True
    )
    return image


def swap_disk(path, size=32 * MB):
    return mkswap(create(path, size))


def with_partition(path, size=32 * MB):
    image = create(path, size + START * 512)
    put(image, 0, table((0x82, START, size // 512)))
    part = swap_disk(str(path) + ".part", size)
    with open(part, "rb") as f:
        put(image, START, f.read(PAGE))
    return image


def make_floppy(folder):
    """Makes the ordinary floppy with programs that need more memory than
    there is."""
    overlay, image = folder / "overlay", str(folder / "floppy.img")
    (overlay / "tests").mkdir(parents=True)
    for name in ("thrash", "oom", "pressed"):
        (overlay / "tests" / name).write_bytes(
            open(f"{BUILD}/tests/{name}", "rb").read()
        )
        (overlay / "tests" / name).chmod(0o755)
    result = mkfs(image, *PROGRAMS, overlay=str(overlay))
    assert result.returncode == 0, result.stderr
    return image
