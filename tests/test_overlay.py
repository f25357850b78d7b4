"""What tools/mkfs makes of a folder of the host: hard links, devices, FIFOs,
and a link in the place of a folder."""
import os
import sys

import pytest

from conftest import BUILD, TOP, cowix, mkfs

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, "tools"))
from minixfs import Reader  # noqa: E402

PROGRAMS = sorted(
    p for p in os.listdir(f"{BUILD}/bin") if not p.endswith(".elf")
)


def make(tmp_path):
    """Makes a disk of the folder `overlay`. Returns its image."""
    image = str(tmp_path / "disk.img")
    result = mkfs(
        image,
        "--disk",
        "30",
        "--fs",
        "minix3-4k",
        "--params",
        "root=hda1",
        *PROGRAMS,
        overlay=str(tmp_path / "overlay"),
    )
    assert result.returncode == 0, result.stderr
    assert Reader(image).check() == []
    return image


def test_names_and_modes(tmp_path):
    """Checks inodes with several names, modes, links and FIFOs."""
    folder = tmp_path / "overlay" / "d"
    folder.mkdir(parents=True)
    (folder / "one").write_text("two names\n")
    os.link(folder / "one", folder / "two")
    (folder / "two").chmod(0o4711)
    os.symlink("nowhere", folder / "link")
    os.mkfifo(folder / "fifo", 0o640)
    image = make(tmp_path)
    result = cowix(
        "cd /d; ls -l | cut -c1-10,43-; [ one -ef two ] && cat two; df -i /",
        "-d",
        image,
    )
    lines = result.out.decode().split("\n")
    assert [line[:10] for line in lines[1:5]] == [
        "prw-r-----",
        "lrwxrwxrwx",
        "-rws--x--x",
        "-rws--x--x",
    ], result.out
    assert lines[5] == "two names"
    reader = Reader(image)
    used = reader.inodes - int(lines[7].split()[3])
    assert int(lines[7].split()[2]) == used > 100


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_devices(tmp_path):
    (tmp_path / "overlay" / "d").mkdir(parents=True)
    os.mknod(tmp_path / "overlay/d/null", 0o20666, os.makedev(1, 3))
    os.mknod(tmp_path / "overlay/d/disk", 0o60600, os.makedev(3, 1))
    image = make(tmp_path)
    result = cowix(
        "cd /d; ls -l; echo x > null; wc -c < null; head -c 3 disk | wc -c",
        "-d",
        image,
    )
    text = result.out.decode()
    assert "brw-------" in text and "crw-" in text
    assert text.split()[-2:] == ["0", "3"], text


def test_merged_folders(tmp_path):
    """Boots a disk whose /bin is a link to usr/bin, as Debian's is."""
    (tmp_path / "overlay/usr/bin").mkdir(parents=True)
    (tmp_path / "overlay/usr/sbin").mkdir()
    os.symlink("usr/bin", tmp_path / "overlay/bin")
    os.symlink("usr/sbin", tmp_path / "overlay/sbin")
    script = tmp_path / "overlay/usr/bin/uname"
    script.write_text("#!/bin/sh\necho the other uname\n")
    script.chmod(0o755)
    result = cowix(
        "uname; [ -L /bin ] && echo link; ls /usr/sbin", "-d", make(tmp_path)
    )
    assert result.out == b"the other uname\nlink\ninit\n", result.err
