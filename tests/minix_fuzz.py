"""
Damaged Minix file systems: sound images of each version, and lists of hostile
values for every field in them. tests/guest/damaged.c mounts them.

    tests/minix_fuzz.py DISK [NUMBER [SEED]]

writes the disk. With a negative NUMBER it prints what each record does.
"""
import os
import random
import struct
import sys

sys.path.insert(
    0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools")
)
from minixfs import (
    FORMATS,
    Volume,
    DIRECT,
    ROOT,
    SUPER_OFFSET,
    IFBLK,
    IFCHR,
    IFDIR,
    IFIFO,
    IFLNK,
    IFREG,
)  # noqa: E402

ZONES, INODES, RECORD, FIRST_RECORD, PATCHES = 48, 32, 256, 4096, 20
SUPER = {
    1: [
        ("inodes", 0, 2),
        ("zones", 2, 2),
        ("inode_map", 4, 2),
        ("zone_map", 6, 2),
        ("first", 8, 2),
        ("log", 10, 2),
        ("max", 12, 4),
        ("magic", 16, 2),
        ("state", 18, 2),
    ],
    3: [
        ("inodes", 0, 4),
        ("pad", 4, 2),
        ("inode_map", 6, 2),
        ("zone_map", 8, 2),
        ("first", 10, 2),
        ("log", 12, 2),
        ("max", 16, 4),
        ("zones", 20, 4),
        ("magic", 24, 2),
        ("block", 28, 2),
        ("version", 30, 1),
    ],
}
SUPER[2] = [f for f in SUPER[1] if f[0] != "zones"] + [("zones", 20, 4)]
INODE = {
    1: [
        ("mode", 0, 2),
        ("uid", 2, 2),
        ("size", 4, 4),
        ("mtime", 8, 4),
        ("gid", 12, 1),
        ("links", 13, 1),
    ],
    2: [
        ("mode", 0, 2),
        ("links", 2, 2),
        ("uid", 4, 2),
        ("gid", 6, 2),
        ("size", 8, 4),
        ("mtime", 16, 4),
    ],
}
INODE[3] = INODE[2]


class Sound:
    """An image with one of everything: directories, small and large files,
    holes, all levels of pointers, links, devices."""

    def __init__(self, name):
        self.fmt = FORMATS[name]
        self.volume = v = Volume(self.fmt, ZONES * self.fmt.block, INODES)
        self.fields, self.name = [], name
        (self.dir, self.sub, small, large, holes, link, char, block, fifo) = [
            v.take_ino() for _ in range(10)
        ][1:]
        self.directory(
            ROOT,
            ROOT,
            3,
            [
                ("dir", self.dir),
                ("small", small),
                ("large", large),
                ("holes", holes),
                ("link", link),
                ("char", char),
                ("block", block),
                ("fifo", fifo),
                ("hard", small),
            ],
        )
        self.directory(
            self.dir,
            ROOT,
            3,
            [("sub", self.sub), ("x" * self.fmt.name_size, large)],
        )
        self.directory(self.sub, self.dir, 2, [("again", small)])
        self.inode(small, IFREG | 0o644, 100, 3, v.store(b"s" * 100))
        self.inode(
            large,
            IFREG | 0o755,
            12 * self.fmt.block,
            2,
            v.store(b"\x7fELF" + b"l" * (12 * self.fmt.block - 4)),
        )
        self.inode(link, IFLNK | 0o777, 9, 1, v.store(b"dir/../di"))
        self.inode(char, IFCHR | 0o600, 0, 1, v.device(0x0103))
        self.inode(block, IFBLK | 0o600, 0, 1, v.device(0x0100))
        self.inode(fifo, IFIFO | 0o600, 0, 1, v.device(0))
        tables = [self.chain(level) for level in range(1, self.fmt.levels + 1)]
        size = min(
            (
                DIRECT
                + sum(
                    self.fmt.pointers**i for i in range(1, self.fmt.levels)
                )
                + 1
            )
            * self.fmt.block,
            self.fmt.max_size,
        )
        self.inode(
            holes,
            IFREG | 0o644,
            size,
            1,
            v.store(b"h")[:1] + [0] * (DIRECT - 1) + tables,
        )
        v.finish()
        self.data = bytes(v.bytes(ZONES * self.fmt.block))
        self.super_fields()
        table = v.next_zone - 1
        self.recipes = [
            (
                "a tree that is its own branch",
                [("inode 6 size", self.fmt.max_size)] + self.loop(6, table),
            ),
            (
                "a directory that never ends",
                [("inode 3 size", self.fmt.max_size // 2)]
                + self.loop(3, table),
            ),
            (
                "data without a place",
                [("inode 4 size", 0), ("inode 4 zone 0", 0xFFFF)],
            ),
        ]

    def loop(self, ino, table):
        """Returns the changes that make all pointers of a table and of an
        inode lead to the table."""
        return [
            (f"inode {ino} zone {i}", table)
            for i in range(DIRECT + self.fmt.levels)
        ] + [(None, table)]

    def recipe(self, changes):
        """Returns where to write the changed values, given by field. None
        stands for all pointers of a table."""
        places, block = {
            name: (offset, width) for name, offset, width in self.fields
        }, self.fmt.block
        pattern = 0x10001 if self.fmt.version == 1 else 1
        return [
            places[name] + (value,)
            if name
            else (value * block, block, value * pattern)
            for name, value in changes
        ]

    def inode(self, ino, mode, size, links, pointers):
        v, f = self.volume, self.fmt
        v.write_inode(ino, mode, size, links, pointers, 1)
        at = v.table * f.block + (ino - 1) * f.inode_size
        for name, offset, width in INODE[f.version]:
            self.fields.append((f"inode {ino} {name}", at + offset, width))
        width, first = struct.calcsize(f.pointer), 14 if f.version == 1 else 24
        for i in range(DIRECT + f.levels):
            self.fields.append(
                (f"inode {ino} zone {i}", at + first + i * width, width)
            )
        for i, zone in enumerate(pointers[DIRECT:]):
            if zone:
                self.table_fields(f"inode {ino} table {i}", zone)

    def table_fields(self, name, zone):
        width = struct.calcsize(self.fmt.pointer)
        for i in (0, 1, 2, self.fmt.pointers - 1):
            self.fields.append(
                (
                    f"{name} pointer {i}",
                    zone * self.fmt.block + i * width,
                    width,
                )
            )

    def directory(self, ino, parent, links, entries):
        v, f = self.volume, self.fmt
        entries = [(".", ino), ("..", parent)] + entries
        pointers = v.store(
            b"".join(f.entry(child, name) for name, child in entries)
        )
        self.inode(
            ino, IFDIR | 0o755, len(entries) * f.entry_size, links, pointers
        )
        width = struct.calcsize(f.number)
        for i, (name, _) in enumerate(entries):
            at = pointers[0] * f.block + i * f.entry_size
            self.fields += [
                (f"entry {name} number", at, width),
                (f"entry {name} name", at + width, 1),
                (f"entry {name} name 1", at + width + 1, 1),
            ]

    def chain(self, levels):
        """Puts a zone of data below this many levels of pointers. Returns the
        topmost zone."""
        zone = self.volume.take_zones(1)[0]
        for level in range(levels):
            below, zone = zone, self.volume.take_zones(1)[0]
            self.volume.put(
                zone * self.fmt.block,
                struct.pack("<" + self.fmt.pointer, below),
            )
            self.table_fields(f"chain {level}", zone)
        return zone

    def super_fields(self):
        self.fields += [
            (f"super {name}", SUPER_OFFSET + offset, width)
            for name, offset, width in SUPER[self.fmt.version]
        ]
        for name, zone in (
            ("inode map", 2),
            ("zone map", 2 + self.volume.inode_map),
        ):
            self.fields += [
                (f"{name} word {i}", zone * self.fmt.block + i * 4, 4)
                for i in range(2)
            ]

    def values(self, field):
        """Returns hostile values for a field. They are the edges of its width,
        its neighbours, and numbers with a meaning elsewhere in the image."""
        name, offset, width = field
        now, top, v = (
            int.from_bytes(self.data[offset : offset + width], "little"),
            (1 << 8 * width) - 1,
            self.volume,
        )
        special = {
            0,
            1,
            2,
            now - 1,
            now + 1,
            now * 2,
            now ^ 0x8000,
            top,
            top - 1,
            top >> 1,
            (top >> 1) + 1,
            0x7FFF,
            0xFFFF,
            0x10000,
            v.first - 1,
            v.first,
            v.first + 1,
            v.table,
            v.zones - 1,
            v.zones,
            v.zones + 1,
            v.inodes,
            v.inodes + 1,
            v.next_zone - 1,
            v.next_zone,
        }
        if "zone" in name or "pointer" in name:
            special |= set(range(v.first, v.next_zone))
        if "size" in name:
            special |= {
                self.fmt.max_size,
                self.fmt.max_size + 1,
                self.fmt.max_size - 1,
                now + self.fmt.block,
                v.zones * self.fmt.block,
            }
        if "mode" in name:
            special |= {t | 0o777 for t in range(0, 0x10000, 0x1000)}
        if "number" in name:
            special |= set(range(1, 12))
        if "name" in name:
            special |= {0x2F, 0x2E, 0x80}
        return sorted(
            value for value in special if 0 <= value <= top and value != now
        )


def records(number, seed):
    """Yields (image, patches, what). Of each image it changes all of the super
    block, and makes all circles of directories. Then come a choice of other
    fields, whole zones, and several fields at once."""
    rng, images = random.Random(seed), [
        Sound(name) for name in sorted(FORMATS)
    ]
    result = []
    for n, image in enumerate(images):
        single = [
            (field, value)
            for field in image.fields
            for value in image.values(field)
        ]
        always = [
            s
            for s in single
            if s[0][0].startswith("super")
            or s[0][0] in ("entry . number", "entry .. number")
            and 0 < s[1] < 10
        ]
        others = [s for s in single if s not in always]
        for field, value in always + rng.sample(
            others,
            max(
                0,
                min(len(others), number // len(images) * 3 // 4 - len(always)),
            ),
        ):
            result.append(
                (
                    n,
                    [(field[1], field[2], value)],
                    f"{image.name}: {field[0]} = {value:#x}",
                )
            )
        for what, changes in image.recipes:
            result.append((n, image.recipe(changes), f"{image.name}: {what}"))
        block = image.fmt.block
        for zone in range(1, image.volume.next_zone):
            for fill in (0, 0xFFFFFFFF):
                if zone * block > SUPER_OFFSET:
                    result.append(
                        (
                            n,
                            [(zone * block, block, fill)],
                            f"{image.name}: zone {zone} full of {fill:#x}",
                        )
                    )
        while len(result) < number * (n + 1) // len(images):
            chosen = rng.choices(others, k=rng.randint(2, PATCHES))
            result.append(
                (
                    n,
                    [(field[1], field[2], value) for field, value in chosen],
                    f"{image.name}: "
                    + ", ".join(
                        f"{field[0]} = {value:#x}" for field, value in chosen
                    ),
                )
            )
    return images, result


def write_disk(path, number, seed=1):
    """Writes the disk for tests/guest/damaged.c. Returns what each record
    does."""
    images, found = records(number, seed)
    offset, header, body = (
        FIRST_RECORD + len(found) * RECORD,
        struct.pack("<II", len(images), len(found)),
        b"",
    )
    offset = (offset + 1023) // 1024 * 1024
    for image in images:
        header += struct.pack("<II", offset + len(body), len(image.data))
        body += image.data
    with open(path, "wb") as f:
        f.write(header.ljust(FIRST_RECORD, b"\0"))
        for image, patches, _ in found:
            f.write(
                (
                    struct.pack("<IIII", image, len(patches), 0, 0)
                    + b"".join(struct.pack("<III", *p) for p in patches)
                ).ljust(RECORD, b"\0")
            )
        f.seek(offset)
        f.write(body)
        f.truncate((offset + len(body)) // 516096 * 516096 + 516096)
    return [what for _, _, what in found]


if __name__ == "__main__":
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    for i, what in enumerate(
        write_disk(
            sys.argv[1], abs(n), int(sys.argv[3]) if len(sys.argv) > 3 else 1
        )
    ):
        if n < 0:
            print(i, what)
