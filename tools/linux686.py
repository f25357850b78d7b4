"""Debian's Linux for the i386, which runs one program of ours as its first
process, in the machine and on the disk that Cowix has. tools/growth compares
the two."""
import glob
import importlib.machinery
import importlib.util
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
FOLDER = os.path.join(TOP, "build/linux686")
KERNEL = os.path.join(FOLDER, "vmlinuz")
PACKAGE = "linux-image-686"
# What the disk and its file system need; their own needs are found.
MODULES = ("ata_piix", "sd_mod", "minix")
PARAMETERS = "console=ttyS0 quiet panic=-1 rdinit=/init --"


def load_debian():
    """Returns tools/debian as a module."""
    loader = importlib.machinery.SourceFileLoader(
        "debian_tool", os.path.join(HERE, "debian")
    )
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader(loader.name, loader)
    )
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


def download(folder):
    """Downloads the kernel's package. Returns its file, or None."""
    apt = load_debian().Apt(f"{folder}/apt", "")
    apt.get("update")
    listing = subprocess.run(
        ["apt-cache", "depends", PACKAGE],
        env=apt.environment,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    names = re.findall(r"Depends: (linux-image-\S+)", listing)
    if not names:
        return None
    subprocess.run(
        ["apt-get", "-q", "download", names[0]],
        cwd=folder,
        env=apt.environment,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    files = glob.glob(f"{folder}/{names[0]}_*.deb")
    return files[0] if files else None


def fetch():
    """Makes sure that the kernel is in build/linux686. Returns False if it
    cannot be had."""
    if os.path.exists(KERNEL):
        return True
    if not all(map(shutil.which, ("apt-get", "dpkg-deb"))):
        return False
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    package = download(FOLDER)
    if not package:
        return False
    tree = f"{FOLDER}/tree"
    subprocess.run(["dpkg-deb", "-x", package, tree], check=True)
    for number, path in enumerate(needed(tree)):
        shutil.copy(path, f"{FOLDER}/module{number:02}")
    shutil.copy(glob.glob(f"{tree}/boot/vmlinuz-*")[0], KERNEL)
    for name in ("tree", "apt"):
        shutil.rmtree(f"{FOLDER}/{name}")
    os.unlink(package)
    return True


def needed(tree):
    """Returns the files of the modules, each behind those it needs."""
    files = {
        os.path.basename(path)[:-3].replace("-", "_"): path
        for path in glob.glob(f"{tree}/lib/modules/**/*.ko", recursive=True)
    }
    order = []

    def add(name):
        if name in order or name not in files:
            return
        found = re.search(rb"\0depends=([^\0]*)\0", read(files[name]))
        for other in found[1].decode().split(",") if found else ():
            add(other.replace("-", "_"))
        order.append(name)

    for name in MODULES:
        add(name)
    return [files[name] for name in order]


def entry(number, name, mode, data=b""):
    """Returns one file of a cpio archive."""
    path = name.encode() + b"\0"
    fields = [number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0]
    head = b"070701" + b"".join(
        b"%08X" % field for field in fields + [len(path), 0]
    )
    return pad(head + path) + pad(data)


def pad(data):
    return data + bytes(-len(data) % 4)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def make_initramfs(program, path):
    """Makes Linux's first files: a program as /init, and the modules."""
    files = [("init", 0o100755, read(program))]
    files += [(name, 0o40755) for name in ("dev", "proc", "modules")]
    files += [
        (f"modules/{number:02}", 0o100644, read(module))
        for number, module in enumerate(sorted(glob.glob(f"{FOLDER}/module*")))
    ]
    files.append(("TRAILER!!!", 0))
    with open(path, "wb") as archive:
        for number, words in enumerate(files, 1):
            archive.write(entry(number, *words))


def command(program, words, disk, memory, work, *options):
    """Returns the command that boots Linux with a program and its arguments,
    which writes to the file work/out."""
    make_initramfs(program, f"{work}/initramfs")
    return [
        os.environ.get("QEMU", "qemu-system-i386"),
        *f"-M pc -m {memory} -display none -nodefaults -no-reboot".split(),
        *("-serial", f"file:{work}/log", "-serial", f"file:{work}/out"),
        *("-drive", f"if=ide,format=raw,cache=unsafe,file={disk}"),
        *("-kernel", KERNEL, "-initrd", f"{work}/initramfs"),
        *("-append", " ".join([PARAMETERS, *words])),
        *options,
    ]
