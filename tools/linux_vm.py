"""Linux in a virtual machine: Debian's kernel, which tools/linux fetched, with
a folder's files as its disk. Cowix is compared with it."""
import os
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KERNEL = os.path.join(TOP, "build/linux/vmlinuz")
PARAMETERS = "console=ttyS0 quiet panic=-1 root=/dev/nvme0n1 rw init=/init"


def make_disk(folder, disk, megabytes):
    """Makes a disk of a folder's files."""
    with open(disk, "wb") as file:
        file.truncate(megabytes << 20)
    subprocess.run(["/sbin/mkfs.ext4", "-q", "-d", folder, disk], check=True)


def copy_out(disk, path, folder):
    """Copies a folder of the disk into one of the host."""
    os.makedirs(folder)
    subprocess.run(
        ["/sbin/debugfs", "-R", f"rdump {path} {folder}", disk],
        check=True,
        capture_output=True,
    )


def boot(disk, work, seconds):
    """Starts Linux with /init of the disk. Returns the process, and the path
    of the file that has what is written to /dev/ttyS1."""
    words = f"timeout -k 5 {seconds} qemu-system-x86_64 -m 512".split()
    words += "-display none -nodefaults -no-reboot".split()
    words += ["-serial", f"file:{work}/log", "-serial", f"file:{work}/out"]
    drive = f"if=none,id=disk,format=raw,cache=unsafe,file={disk}"
    words += ["-drive", drive, "-device", "nvme,serial=1,drive=disk"]
    words += ["-kernel", KERNEL, "-append", PARAMETERS]
    open(f"{work}/out", "wb").close()
    return subprocess.Popen(words, stdin=subprocess.DEVNULL), f"{work}/out"


def output_of(folder, work, megabytes, seconds):
    """Runs /init of a folder's files. Returns what it writes to /dev/ttyS1."""
    disk = f"{work}/disk.ext4"
    make_disk(folder, disk, megabytes)
    process, path = boot(disk, work, seconds)
    process.wait()
    os.unlink(disk)
    with open(path, "rb") as file:
        return file.read()
