"""The Minix file system, versions 1 to 3. mkfs.minix or tools/mkfs makes
volumes, and Cowix works on them. fsck.minix, grub-fstest and tools/minix judge
them."""
import os
import re
import resource
import subprocess
import sys

import pytest

from conftest import BUILD, TOP, cowix, fsck, guest_floppy, mkfs
from test_disk import drive

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, "tools"))
from minixfs import FORMATS, IFDIR, IFREG, ROOT, Reader, Volume  # noqa: E402
from minix_fuzz import write_disk  # noqa: E402

MAKERS = [
    ("mkfs.minix", name)
    for name in ("minix1-14", "minix1", "minix2-14", "minix2", "minix3")
] + [("ours", name) for name in FORMATS]
RAMP = "".join(
    f"{i}\n" for i in range(1, 100001)
).encode()  # what `seq 1 100000` writes


def make(path, maker, name, kilobytes):
    """Makes an empty volume on a disk of its own."""
    fmt = FORMATS[name]
    if maker == "ours":
        subprocess.run(
            [
                f"{TOP}/tools/mkfs",
                "--fs",
                name,
                "--size",
                str(kilobytes),
                "-o",
                path,
            ],
            check=True,
            capture_output=True,
        )
    else:
        with open(path, "wb") as f:
            f.truncate(kilobytes << 10)
        subprocess.run(
            ["mkfs.minix", f"-{fmt.version}", "-n", str(fmt.name_size), path],
            check=True,
            capture_output=True,
        )
    return fmt


def clean(path):
    """Checks that nothing is wrong with a volume. fsck.minix knows only blocks
    of 1 KB."""
    reader = Reader(path)
    assert reader.check() == []
    if reader.fmt.block == 1024 and not reader.start:
        fsck(path)
    return reader


def outside(path, name):
    """Checks that GRUB reads a file as we do. Returns its bytes."""
    reader = Reader(path)
    ours = reader.read(reader.lookup(name))
    assert (
        subprocess.run(
            ["grub-fstest", path, "cat", name], capture_output=True
        ).stdout
        == ours
    )
    return ours


@pytest.mark.parametrize("maker,name", MAKERS)
def test_work(maker, name, tmp_path):
    """Makes all changes to a file system, on each version. They reach all
    levels of pointers of a 2 GB file."""
    disk = str(tmp_path / "disk.img")
    fmt = make(disk, maker, name, 24 << 10)
    long, far = (
        "n" * fmt.name_size,
        min(fmt.max_size // 1000 - 10, 600000 if fmt.block == 2048 else 80000)
        * 1000,
    )
    result = cowix(
        f"""
        set -e; mount /dev/hda /mnt; cd /mnt; mkdir -p a/b/c/d
        seq 1 100000 > a/ramp; cp a/ramp a/b/{long}; ln a/ramp hard
        ln -s a/ramp soft; cp -r /bin a; mv a/b/c c; mv a/bin/ls c/ls
        mv a/bin/cat a/bin/cp; rm -r a/bin; mkdir a/bin
        mknod null c 1 3; echo x > null; cat soft | wc -c
        i=0; while [ $i -lt 70 ]; do echo $i > c/file$i; i=$((i+1)); done
        i=0; while [ $i -lt 70 ]; do rm c/file$i; i=$((i+2)); done
        dd if=a/ramp of=sparse bs=1000 seek={far // 1000} count=3 \\
            conv=notrunc 2>/dev/null
        rmdir a/bin c/d; echo more >> a/ramp
        if echo > {long}x; then false; fi
        cmp /bin/ls c/ls 2>/dev/null || [ $? = 127 ]
        df /mnt | tail -1; cd /; umount /mnt; audit | head -1""",
        *drive(disk),
    )
    assert (
        result.status == 0
        and b"mismatches 0" in result.out
        and b"588895\n" in result.out
    ), (result.out.decode() + result.err)
    assert "File name too long" in result.err
    reader = clean(disk)
    assert (
        outside(disk, "/a/ramp") == RAMP + b"more\n"
        and outside(disk, f"/a/b/{long}") == RAMP
    )
    assert outside(disk, "/c/ls") == open(f"{BUILD}/bin/ls", "rb").read()
    assert (
        reader.read(reader.lookup("/sparse"), far - 5000)
        == bytes(5000) + RAMP[:3000]
    )  # GRUB does not know holes
    assert sorted(n for n, _ in reader.entries(reader.lookup("/c"))) == sorted(
        [".", "..", "ls"] + [f"file{i}" for i in range(1, 70, 2)]
    )
    assert (
        reader.lookup("/hard") == reader.lookup("/a/ramp")
        and reader.read(reader.lookup("/soft")) == b"a/ramp"
    )


@pytest.mark.parametrize(
    "maker,name",
    [m for m in MAKERS if m[0] == "mkfs.minix" or FORMATS[m[1]].block > 1024],
)
def test_disk_full(maker, name, tmp_path):
    """Fills a volume to the last block, empties it, and fills it again."""
    disk = str(tmp_path / "disk.img")
    make(disk, maker, name, 1500)
    result = cowix(
        "mount /dev/hda /mnt; df /mnt | tail -1; for i in 1 2; "
        "do dd if=/dev/zero of=/mnt/f bs=4096 2>/dev/null; mkdir /mnt/d; "
        "echo x > /mnt/x; df /mnt | tail -1; "
        "rm /mnt/f; rm -r /mnt/d; df /mnt | tail -1; done; "
        "seq 1 100000 > /mnt/g; seq 1 150000 > /mnt/h; umount /mnt",
        *drive(disk),
    )
    assert "No space left" in result.err, result.err
    empty, full, after, full2, after2 = [
        int(line.split()[3]) for line in result.out.decode().splitlines()
    ]
    assert full == full2 == 0 and empty - 8 <= after == after2 <= empty
    clean(disk)
    assert outside(disk, "/g") == RAMP and outside(disk, "/h").startswith(
        RAMP[:100000]
    )


def test_large(tmp_path):
    """Makes a volume of 300 MB, and a file larger than 64 MB, through three
    levels of pointers."""
    disk = str(tmp_path / "disk.img")
    make(disk, "ours", "minix3", 300 << 10)
    result = cowix(
        "mount /dev/hda /mnt; seq 1 9500000 > /mnt/big; echo $?; umount /mnt",
        *drive(disk),
        timeout=180,
    )
    assert result.out == b"0\n", result.err
    reader = clean(disk)
    data = reader.read(reader.lookup("/big"))
    assert data == "".join(f"{i}\n" for i in range(1, 9500001)).encode()
    assert (
        subprocess.run(
            ["grub-fstest", disk, "cat", "/big"], capture_output=True
        ).stdout
        == data
    )
    result = cowix(
        "mount /dev/hda /mnt; dd if=/mnt/big bs=1000 skip=74888 2>/dev/null; "
        "rm /mnt/big; umount /mnt",
        *drive(disk),
    )
    assert result.out == data[74888000:]
    clean(disk)


@pytest.mark.parametrize("name,gigabytes", [("minix3", 4), ("minix3-4k", 20)])
def test_huge_volume(name, gigabytes, tmp_path):
    """Makes a volume far beyond what 32 bits of bytes can count."""
    disk = str(tmp_path / "disk.img")
    make(
        disk,
        "mkfs.minix" if name == "minix3" else "ours",
        name,
        gigabytes << 20,
    )
    result = cowix(
        "mount /dev/hda /mnt && df /mnt && seq 1 100000 > /mnt/f && "
        "umount /mnt",
        *drive(disk),
    )
    assert result.status == 0, result.err
    assert int(result.out.split()[8]) == gigabytes << 20
    assert outside(disk, "/f") == RAMP


def test_many_inodes(tmp_path):
    """Checks that version 3 counts inodes with 32 bits."""
    disk, fmt, files = str(tmp_path / "disk.img"), FORMATS["minix3"], 66000
    volume = Volume(fmt, 40 << 20, files + 100)
    inos = [volume.take_ino() for _ in range(files + 1)][1:]
    entries = (
        fmt.entry(ROOT, ".")
        + fmt.entry(ROOT, "..")
        + b"".join(fmt.entry(ino, f"f{ino}") for ino in inos)
    )
    volume.write_inode(
        ROOT, IFDIR | 0o755, len(entries), 2, volume.store(entries), 1
    )
    for ino in inos:
        volume.write_inode(ino, IFREG | 0o644, 0, 1, volume.device(0), 1)
    volume.finish()
    with open(disk, "wb") as f:
        f.truncate(40 << 20)
        volume.write(f, 0)
    result = cowix(
        "mount /dev/hda /mnt; echo new > /mnt/new; rm /mnt/f3 /mnt/f66000; "
        "mkdir /mnt/d; cat /mnt/new; umount /mnt",
        *drive(disk),
    )
    assert result.out == b"new\n", result.err
    reader = clean(disk)
    assert reader.lookup("/new") > 65536 and outside(disk, "/new") == b"new\n"


def test_more_inodes_than_memory(tmp_path):
    """Lists 15,000 files with 4 MB: inodes that nobody uses are forgotten."""
    for folder in range(100):
        (tmp_path / f"files/d{folder}").mkdir(parents=True)
        for name in range(150):
            (tmp_path / f"files/d{folder}/f{name}").touch()
    disk = str(tmp_path / "many.img")
    options = "--fs minix3 --size 20000 --inodes 16000 --overlay"
    subprocess.run(
        [
            f"{TOP}/tools/mkfs",
            *options.split(),
            tmp_path / "files",
            "-o",
            disk,
        ],
        check=True,
        capture_output=True,
    )
    result = cowix(
        "mount /dev/hda /mnt; ls -lR /mnt | wc -l; umount /mnt; "
        "audit | head -1",
        "-m",
        "4",
        *drive(disk),
    )
    assert result.out == b"15402\nmismatches 0\n", result.err


def test_freed_blocks(tmp_path):
    """Turns a directory's blocks into a file's. Stale data of the directory in
    the cache must not overwrite the file."""
    disk = str(tmp_path / "disk.img")
    make(disk, "ours", "minix1", 1500)
    result = cowix(
        "mount /dev/hda /mnt; mkdir /mnt/d; i=0; while [ $i -lt 60 ]; "
        "do echo x > /mnt/d/file$i; i=$((i+1)); done; rm -r /mnt/d; "
        "seq 1 100000 > /mnt/f; umount /mnt",
        *drive(disk),
    )
    assert result.status == 0 and outside(disk, "/f") == RAMP
    clean(disk)


@pytest.mark.parametrize("name", ["minix2", "minix3-4k"])
def test_in_bochs(name, tmp_path):
    disk = str(tmp_path / "disk.img")
    make(disk, "ours", name, 16 * 63 * 20 // 2)
    result = cowix(
        "mount /dev/hda /mnt && seq 1 100000 > /mnt/f && mkdir /mnt/d && "
        "mv /mnt/f /mnt/d && umount /mnt",
        "-e",
        "bochs",
        "-d",
        disk,
        "-k",
        "root=ram0",
        timeout=120,
    )
    assert result.status == 0, result.err
    clean(disk)
    assert outside(disk, "/d/f") == RAMP


def test_large_overlay(tmp_path):
    """Checks that tools/mkfs takes time by what it writes. For 40 MB in zones
    of 1 KB that is a second. It once was minutes."""
    (tmp_path / "overlay").mkdir()
    data = os.urandom(1 << 20) * 40
    (tmp_path / "overlay" / "big").write_bytes(data)
    image, before = str(tmp_path / "big.img"), resource.getrusage(
        resource.RUSAGE_CHILDREN
    )
    subprocess.run(
        [
            f"{TOP}/tools/mkfs",
            "--overlay",
            str(tmp_path / "overlay"),
            "--fs",
            "minix3",
            "--disk",
            "64",
            "-o",
            image,
        ],
        check=True,
    )
    assert (
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before.ru_utime
        < 10
    )
    reader = Reader(image)
    assert reader.read(reader.lookup("/big")) == data and not reader.check()


def test_checker(tmp_path):
    """Checks that tools/minix check finds each wrong bit of the bitmaps and
    each wrong link count."""
    disk = str(tmp_path / "disk.img")
    make(disk, "ours", "minix3-4k", 1 << 10)
    data = open(disk, "rb").read()
    volume = Volume(FORMATS["minix3-4k"], 1 << 20)
    for place in (
        2 * 4096,
        3 * 4096,
        volume.table * 4096 + 2,
        volume.first * 4096,
    ):
        with open(disk, "wb") as f:
            f.write(
                data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :]
            )
        assert (
            subprocess.run(
                [f"{TOP}/tools/minix", "check", disk], capture_output=True
            ).returncode
            == 1
        ), place


def test_damaged(tmp_path):
    """Mounts and uses COWIX_FUZZ images (3,000) with hostile values
    everywhere. The kernel never stops, and nothing is lost."""
    number, seed = int(os.environ.get("COWIX_FUZZ", 3000)), int(
        os.environ.get("COWIX_SEED", 1)
    )
    disk, target, after = (
        str(tmp_path / name)
        for name in ("disk.img", "target.img", "after.img")
    )
    what = write_disk(disk, number, seed)
    with open(target, "wb") as f:
        f.truncate(516096)
    result = cowix(
        "/tests/damaged",
        *drive(disk),
        *drive(target, 1),
        "-s",
        after,
        image=guest_floppy("damaged"),
        timeout=100 + number // 5,
    )
    lines = result.out.decode().splitlines()
    last = [int(line) for line in lines if line.isdigit()][-1]
    assert result.status == 0, (
        f"{last}: {what[last]}\n" + "\n".join(lines[-3:]) + result.err
    )
    slow = [
        what[int(n)]
        for n in re.findall(r"^slow: (\d+)", result.out.decode(), re.M)
    ]
    assert not slow and f"{len(what)} images" in lines[-1]
    fsck(after)


PROGRAMS = sorted(
    p for p in os.listdir(f"{BUILD}/bin") if not p.endswith(".elf")
)


@pytest.mark.parametrize("name", FORMATS)
def test_hard_disk_image(name, tmp_path):
    """Checks tools/mkfs --disk: a clean partition, and the kernel in one piece
    where the boot sector looks. The bytes are the same each time."""
    images, overlay = [
        str(tmp_path / f"{i}.img") for i in "ab"
    ], tmp_path / "overlay"
    (overlay / "root").mkdir(parents=True)
    (overlay / "root" / "hello").write_text("overlaid\n")
    for image in images:
        result = mkfs(
            image,
            "--disk",
            "30",
            "--fs",
            name,
            "--params",
            "root=hda1",
            *PROGRAMS,
            overlay=str(overlay),
        )
        assert result.returncode == 0, result.stderr
    assert (
        subprocess.run(["cmp", *images]).returncode == 0
        and os.path.getsize(images[0]) % 516096 == 0
    )
    reader = clean(images[0])
    assert (
        reader.fmt == FORMATS[name]
        and reader.start == 2048 * 512
        and reader.read(reader.lookup("/root/hello")) == b"overlaid\n"
    )
    cowix_file = reader.read(reader.lookup("/boot/cowix"))
    with open(images[0], "rb") as f:
        sector = f.read(512)
        f.seek(int.from_bytes(sector[438:440], "little") * 512)
        assert f.read(len(cowix_file)) == cowix_file and int.from_bytes(
            sector[440:442], "little"
        ) * 512 == len(cowix_file)
    subprocess.run(
        [
            "grub-fstest",
            images[0],
            "cmp",
            "(loop0,msdos1)/bin/sh",
            f"{BUILD}/bin/sh",
        ],
        check=True,
    )


@pytest.mark.parametrize("emulator", ["qemu", "bochs"])
def test_hard_disk_boots(emulator, tmp_path):
    image, after = str(tmp_path / "hd.img"), str(tmp_path / "after.img")
    assert (
        mkfs(image, "--disk", "30", "--fs", "minix3", *PROGRAMS).returncode
        == 0
    )
    result = cowix(
        "mount; seq 1 100000 > /root/ramp; audit | head -1",
        "-H",
        "-e",
        emulator,
        "-k",
        "root=hda1",
        "-v",
        "-s",
        after,
        image=image,
    )
    assert result.status == 0 and b"mismatches 0" in result.out, result.err
    reader = clean(after)
    assert reader.read(reader.lookup("/root/ramp")) == RAMP
