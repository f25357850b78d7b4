"""files: the open files of a task."""
from cowix import inode, kernel, memory, tasks
from cowix.command import TaskCommand, say, table

SUMMARY = "files PID -- its open files, working directory, root"
COLUMNS = (
    ("FD", 4),
    ("ACCESS", -6),
    ("POSITION", 10),
    ("USERS", 5),
    ("TYPE", -4),
    ("NAME", -30),
)
ACCESS = ("read", "write", "both", "none")


def chunks(files):
    """Yields (number of the first descriptor, chunk)."""
    pointers = files["chunk"]
    for i in range(files["chunks"]):
        if pointers[i]:
            chunk = memory.Struct("fd_chunk", pointers[i])
            yield i * len(chunk["file"]), chunk


def descriptors(files):
    """Yields (number, file, whether exec closes it)."""
    for first, chunk in chunks(files):
        for i, address in enumerate(chunk["file"]):
            if chunk["open"] >> i & 1:
                closes = chunk["close_on_exec"] >> i & 1
                yield first + i, memory.Struct("file", address), closes


def name(file):
    """Returns a path or, of a file without a name, what it is."""
    of = file.follow("inode")
    operations = file.follow("fop")
    if operations and operations["name"]:
        return memory.text_at(operations["name"])
    rdev = f" (device {inode.device(of['i_rdev'])})" if of["i_rdev"] else ""
    return inode.path(of) + rdev


def row(fd, file, closes):
    return (
        f"{fd}{'x' if closes else ''}",
        ACCESS[file["flags"] & 3],
        file["pos"] if file["seekable"] else "-",
        file["count"],
        inode.kind(file.follow("inode")),
        name(file),
    )


class Files(TaskCommand):
    """Lists a task's open files. An x behind the number: exec closes it.

    USERS counts the descriptors and calls that use the open file, also those
    of other tasks. Paths are from the kernel's name cache.

    Usage: files PID"""

    name = "files"

    def run(self, which):
        task = tasks.find(which)
        files, fs = task.follow("files"), task.follow("fs")
        if not files or not fs:
            say(f"Task {task['pid']} has no files.")
            return
        for what in ("root", "cwd"):
            of = fs.follow(what)
            say(f"{what} {inode.path(of) if of else '-'}")
        table((row(*found) for found in descriptors(files)), COLUMNS)


Files()
