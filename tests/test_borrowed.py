"""Memory that another process reads while it changes, on a disk: there both
wait for pages."""
import os

from conftest import BUILD, cowix
from test_disk import drive
from volumes import volume


def test_read_meanwhile(tmp_path):
    image = str(tmp_path / "disk.img")
    volume(image, "minix3", 3000)
    result = cowix(
        "mount /dev/hda /mnt; cd /mnt; /tests/borrowed",
        *drive(image),
        image=os.path.join(BUILD, "tests/borrowed.img"),
        timeout=60,
    )
    assert result.status == 0, result.out
