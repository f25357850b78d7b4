"""What a compiler and make do to a disk, by utilities that are on it."""
import shutil
import subprocess

from conftest import BUILD, TOP
from powercuts import WORDS
from volumes import Reader, content, small_floppy

SOURCES = range(6)
TOOLS = "cat", "mv", "od", "rm", "sed", "sort", "sync"

# Files of several steps, a name for each that is complete, all in one at last.
# What is there already is not made again. It ends at the first error.
SCRIPT = """PATH=/mnt/bin:/bin; cd /mnt && for n in 0 1 2 3 4 5; do
[ -e obj/$n.o ] && continue
od -An -v src/$n > obj/$n.i && sed 's/ 0/,/g' obj/$n.i > obj/$n.s &&
sort obj/$n.s > obj/.new && sync obj/.new && mv obj/.new obj/$n.o &&
rm obj/$n.i || exit 1; done
cat obj/?.o > whole && sync whole && echo built
"""


class Build:
    """A disk with sources and tools, a floppy that boots and has the script,
    and what comes out."""

    command = "mount /dev/hda /mnt && sh /root/build; "

    def __init__(self, folder, version):
        self.version, self.image = version, str(folder / "tree.img")
        self.wanted = None
        tree, root = folder / "tree", folder / "overlay" / "root"
        for path in (tree / "src", tree / "bin", tree / "obj", root):
            path.mkdir(parents=True)
        for n in SOURCES:
            (tree / "src" / str(n)).write_bytes(self.source(n))
        for name in TOOLS:
            shutil.copy(f"{BUILD}/bin/{name}", tree / "bin")
        (root / "build").write_text(SCRIPT)
        made = subprocess.run(
            [f"{TOP}/tools/mkfs", "-q", "--overlay", str(tree)]
            + ["--fs", version, "--size", "1400", "-o", self.image],
            check=False,
        )
        assert made.returncode == 0
        self.floppy = small_floppy(
            folder / "system.img",
            *"audit head mount umount".split(),
            overlay=str(folder / "overlay"),
        )

    def source(self, n):
        return WORDS[n << 10 : n + 9 << 10]

    def result(self, path):
        """Returns the result on a disk, and checks it. The first is right."""
        whole = content(Reader(path), "/whole")
        self.wanted = self.wanted or whole
        assert whole == self.wanted and len(whole) > 100000
        return whole

    def damage(self, path, whole):
        """Returns what a cut disk has that is neither old nor new."""
        reader, lost = Reader(path), []
        for n in SOURCES:
            if content(reader, f"/src/{n}") != self.source(n):
                lost.append(f"src/{n}")
            made = content(reader, f"/obj/{n}.o")
            if made is not None and (len(made) < 9000 or made not in whole):
                lost.append(f"obj/{n}.o")
        for name in TOOLS:
            with open(f"{BUILD}/bin/{name}", "rb") as f:
                if content(reader, f"/bin/{name}") != f.read():
                    lost.append(f"bin/{name}")
        return lost
