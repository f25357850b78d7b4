"""The two machines of tools/growth and tools/diskrace: Cowix and Linux run the
same program with the same memory and the same disk."""
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import linux686  # noqa: E402
from limit import Limit  # noqa: E402
from progress import Progress  # noqa: E402

PROGRAM = os.path.join(TOP, "build/tests/growth")
MEMORY = 896  # MB; Cowix uses no more
SECONDS = 900  # in which a machine must end
PREPARE = "mkdir /ram /disk; mount -t tmpfs -o nr_inodes=200000 ram /ram"
PREPARE += "; mount -t minix /dev/hda /disk; mount -t proc proc /proc"
COUNTED = "-icount shift=0,sleep=off -cpu qemu32"
COUNTED += " -rtc base=2000-01-01T00:00:00,clock=vm"


def make_disk(path, kilobytes, inodes, *options):
    """Makes a Minix file system, empty without options."""
    subprocess.run(
        [f"{HERE}/mkfs", "--quiet", "--fs", "minix3", "-o", path]
        + ["--size", str(kilobytes), "--inodes", str(inodes), *options],
        check=True,
    )


def cowix_command(words, disk, counted, parameters):
    """Returns the command that runs the program inside Cowix, and then the
    audit of its memory."""
    quoted = " ".join(f"'{word}'" for word in words)
    drive = f"if=ide,format=raw,cache=unsafe,file={disk}"
    return [
        *(f"{HERE}/run", "-m", str(MEMORY), "-t", str(SECONDS)),
        *(["-i"] if counted else []),
        *("-f", f"{PROGRAM}.img", "-k", parameters),
        *("-q=-drive", f"-q={drive}"),
        *("--", f"{PREPARE}; /tests/growth {quoted} && audit > /dev/null"),
    ]


def linux_command(words, disk, counted, work):
    """Returns the command that runs it on Linux, which writes to work/out."""
    quoted = [f'"{word}"' if " " in word else word for word in words]
    options = COUNTED.split() if counted else ["-cpu", "qemu32"]
    return linux686.command(PROGRAM, quoted, disk, MEMORY, work, *options)


def watch(process, path, progress):
    """Returns what is written to a file until the process ends."""
    limit = Limit(process.pid, SECONDS + 60)
    while process.poll() is None:
        time.sleep(0.2)
        with open(path, encoding="utf-8", errors="replace") as file:
            progress.show(file.read().count("\n"))
        if limit.over():
            process.kill()
    progress.clear()
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def parse(text, name):
    """Returns {(group, row, n): figure}. Tells which have none, and why."""
    found = {}
    for line in text.splitlines():
        words = line.split("\t")
        if len(words) == 4:
            found[words[0], words[1], int(words[2])] = int(words[3])
        elif line:
            print(f"{name}: {line.lstrip('# ')}")
    return found


def run(name, words, disk, expected, counted=True, parameters=""):
    """Runs the program on a system, with a disk of its own. Shows how many of
    the expected figures are there. Returns them, and whether all went well."""
    with tempfile.TemporaryDirectory(prefix="cowix-growth-") as work:
        path = f"{work}/out"
        with open(path, "wb") as out:
            if name == "Linux":
                command = linux_command(words, disk, counted, work)
                out = subprocess.DEVNULL
            else:
                command = cowix_command(words, disk, counted, parameters)
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out
            )
        try:
            progress = Progress(expected, f"figures, {name}")
            text = watch(process, path, progress)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if process.returncode:
        print(f"{name}: status {process.returncode}")
    return parse(text, name), process.returncode == 0
