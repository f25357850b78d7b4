"""The Minix file system on the host, versions 1, 2 and 3.

Volume builds one, Reader reads one back and checks all of it. Both work on the
bytes of the medium; nothing is mounted. Building takes inodes and zones in
order, so equal input gives equal bytes.
"""
import os
import struct

SECTOR, SUPER_OFFSET, DIRECT, ROOT = 512, 1024, 7, 1
PARTITION_TYPE, PARTITION_TABLE = 0x81, 446
IFMT, IFDIR, IFREG, IFLNK = 0o170000, 0o040000, 0o100000, 0o120000
IFCHR, IFBLK, IFIFO = 0o020000, 0o060000, 0o010000


class Format:
    """The differences between the versions."""

    def __init__(self, version, magic, name_size, block=1024):
        self.version, self.magic = version, magic
        self.name_size, self.block = name_size, block
        self.inode_size = 32 if version == 1 else 64
        self.pointer = "H" if version == 1 else "I"
        self.levels = 2 if version == 1 else 3
        self.number = "I" if version == 3 else "H"
        self.pointers = block // struct.calcsize(self.pointer)
        self.entry_size = struct.calcsize(self.number) + name_size
        tables = sum(self.pointers**i for i in range(1, self.levels + 1))
        self.max_size = min((DIRECT + tables) * block, 0x7FFFFFFF)

    def pack_inode(self, mode, uid, gid, size, mtime, links, zones):
        if self.version == 1:
            return struct.pack(
                "<HHIIBB9H", mode, uid, size, mtime, gid, links, *zones
            )
        return struct.pack(
            "<HHHHIIII10I",
            mode,
            links,
            uid,
            gid,
            size,
            mtime,
            mtime,
            mtime,
            *zones,
        )

    def unpack_inode(self, raw):
        """Returns mode, size, links, zones."""
        if self.version == 1:
            mode, _, size, _, _, links, *zones = struct.unpack(
                "<HHIIBB9H", raw
            )
        else:
            mode, links, _, _, size, _, _, _, *zones = struct.unpack(
                "<HHHHIIII10I", raw
            )
        return mode, size, links, zones

    def pack_super(self, inodes, zones, inode_map, zone_map, first):
        if self.version == 3:
            return struct.pack(
                "<IHHHHHHIIHHHB",
                inodes,
                0,
                inode_map,
                zone_map,
                first,
                0,
                0,
                self.max_size,
                zones,
                self.magic,
                0,
                self.block,
                0,
            )
        return struct.pack(
            "<HHHHHHIHHI",
            inodes,
            zones if self.version == 1 else 0,
            inode_map,
            zone_map,
            first,
            0,
            self.max_size,
            self.magic,
            1,
            zones if self.version == 2 else 0,
        )

    def unpack_super(self, raw):
        """Returns inodes, zones, inode_map, zone_map, first."""
        if self.version == 3:
            value = struct.unpack_from("<IHHHHHHII", raw)
            return value[0], value[8], *value[2:5]
        value = struct.unpack_from("<HHHHHHIHHI", raw)
        zones = value[1 if self.version == 1 else 9]
        return value[0], zones, *value[2:5]

    def entry(self, ino, name):
        return struct.pack("<" + self.number, ino) + name.encode().ljust(
            self.name_size, b"\0"
        )


FORMATS = {
    "minix1-14": Format(1, 0x137F, 14),
    "minix1": Format(1, 0x138F, 30),
    "minix2-14": Format(2, 0x2468, 14),
    "minix2": Format(2, 0x2478, 30),
    "minix3": Format(3, 0x4D5A, 60),
    "minix3-2k": Format(3, 0x4D5A, 60, 2048),
    "minix3-4k": Format(3, 0x4D5A, 60, 4096),
}


def identify(raw):
    """Returns the format of a super block, or None."""
    for fmt in FORMATS.values():
        (magic,) = struct.unpack_from(
            "<H", raw, 24 if fmt.version == 3 else 16
        )
        (block,) = struct.unpack_from("<H", raw, 28)
        if magic == fmt.magic and (fmt.version < 3 or block == fmt.block):
            return fmt
    return None


def div_up(a, b):
    return (a + b - 1) // b


class Full(Exception):
    pass


class Volume:
    """A file system under construction. It keeps only what is not zero, so a
    large disk costs no memory."""

    def __init__(self, fmt, size, inodes=None):
        self.fmt, bits = fmt, fmt.block * 8
        per_block = fmt.block // fmt.inode_size
        self.zones = min(
            size // fmt.block, 0xFFFF if fmt.version == 1 else 0xFFFFFFFF
        )
        if inodes is None:  # one for 4 KB, as many as their blocks hold
            inodes = min(
                div_up(size, 4096 * per_block) * per_block,
                0xFFFF // per_block * per_block,
            )
        self.inodes = inodes
        self.inode_map = div_up(inodes + 1, bits)
        table = div_up(inodes, per_block)
        self.zone_map = div_up(self.zones - 2 - self.inode_map - table, bits)
        self.table = 2 + self.inode_map + self.zone_map
        self.first = self.table + table
        self.next_ino, self.next_zone = ROOT, self.first
        self.content = {}
        if self.first >= min(self.zones, 0x10000):
            raise Full("no room for files")

    def put(self, offset, data):
        block, done = self.fmt.block, 0
        while done < len(data):
            zone, at = divmod(offset + done, block)
            part = data[done : done + block - at]
            if any(part):
                self.content.setdefault(zone, bytearray(block))[
                    at : at + len(part)
                ] = part
            done += len(part)

    def take_zones(self, n):
        first = self.next_zone
        self.next_zone += n
        if self.next_zone > self.zones:
            extra = (self.next_zone - self.zones) * self.fmt.block // 1024
            raise Full(f"the files are {extra} KB too large")
        return list(range(first, first + n))

    def take_ino(self):
        if self.next_ino > self.inodes:
            raise Full(f"more than {self.inodes} files")
        self.next_ino += 1
        return self.next_ino - 1

    def store(self, content):
        """Stores content: its data in one piece, then the blocks of pointers.

        Returns the inode's pointers.
        """
        block = self.fmt.block
        zones = self.take_zones(div_up(len(content), block))
        if zones:
            self.put(zones[0] * block, content)
        pointers, rest = zones[:DIRECT], zones[DIRECT:]
        pointers += [0] * (DIRECT - len(pointers))
        for level in range(1, self.fmt.levels + 1):
            span = self.fmt.pointers**level
            pointers.append(self.tree(rest[:span], level) if rest else 0)
            rest = rest[span:]
        if rest:
            raise Full("a file is too large for the format")
        return pointers

    def tree(self, zones, level):
        if level > 1:
            span = self.fmt.pointers ** (level - 1)
            zones = [
                self.tree(zones[i : i + span], level - 1)
                for i in range(0, len(zones), span)
            ]
        table = self.take_zones(1)[0]
        self.put(
            table * self.fmt.block,
            struct.pack(f"<{len(zones)}{self.fmt.pointer}", *zones),
        )
        return table

    def device(self, rdev):
        return [rdev] + [0] * (DIRECT + self.fmt.levels - 1)

    def write_inode(self, ino, mode, size, links, pointers, mtime):
        self.put(
            self.table * self.fmt.block + (ino - 1) * self.fmt.inode_size,
            self.fmt.pack_inode(mode, 0, 0, size, mtime, links, pointers),
        )

    def finish(self):
        """Writes the super block and the bitmaps. Bits beyond the end are set,
        as mkfs.minix sets them."""
        self.put(
            SUPER_OFFSET,
            self.fmt.pack_super(
                self.inodes,
                self.zones,
                self.inode_map,
                self.zone_map,
                self.first,
            ),
        )
        self.bitmap(2, self.inode_map, self.next_ino, self.inodes + 1)
        self.bitmap(
            2 + self.inode_map,
            self.zone_map,
            self.next_zone - self.first + 1,
            self.zones - self.first + 1,
        )

    def bitmap(self, zone, zones, used, bits):
        size = zones * self.fmt.block * 8
        value = (1 << used) - 1 | (1 << size) - (1 << bits)
        self.put(zone * self.fmt.block, value.to_bytes(size // 8, "little"))

    def free_kb(self):
        return (self.zones - self.next_zone) * self.fmt.block // 1024

    def bytes(self, size):
        data = bytearray(size)
        for zone, content in self.content.items():
            data[zone * self.fmt.block : (zone + 1) * self.fmt.block] = content
        return data

    def write(self, file, start):
        for zone in sorted(self.content):
            file.seek(start + zone * self.fmt.block)
            file.write(self.content[zone])


def partition_entry(start, sectors):
    """Returns an active Minix partition. Some programs still look at cylinder,
    head and sector: 16 heads, 63 sectors."""

    def chs(lba):
        cylinder, rest = divmod(lba, 16 * 63)
        head, sector = divmod(rest, 63)
        if cylinder > 1023:
            cylinder, head, sector = 1023, 15, 62
        return bytes([head, sector + 1 | cylinder >> 8 << 6, cylinder & 0xFF])

    place = struct.pack("<II", start, sectors)
    first, last = chs(start), chs(start + sectors - 1)
    return b"\x80" + first + bytes([PARTITION_TYPE]) + last + place


def find_partition(sector):
    """Returns the byte offset of the first Minix partition of a master boot
    record. Returns 0 if the file system has the whole disk."""
    for at in range(PARTITION_TABLE, PARTITION_TABLE + 64, 16):
        if sector[510:512] == b"\x55\xaa" and sector[at + 4] == PARTITION_TYPE:
            return struct.unpack_from("<I", sector, at + 8)[0] * SECTOR
    return 0


class Reader:
    """An existing file system, in a file or in a disk's partition."""

    def __init__(self, path):
        self.file = open(path, "rb")
        self.start = find_partition(self.file.read(SECTOR))
        self.file.seek(self.start + SUPER_OFFSET)
        raw = self.file.read(64)
        self.fmt = identify(raw)
        if not self.fmt:
            raise ValueError(f"{path}: not a Minix file system")
        (
            self.inodes,
            self.zones,
            self.inode_map,
            self.zone_map,
            self.first,
        ) = self.fmt.unpack_super(raw)

    def zone(self, number):
        if not 0 < number < self.zones:
            raise ValueError(f"zone {number} does not exist")
        self.file.seek(self.start + number * self.fmt.block)
        return self.file.read(self.fmt.block)

    def inode(self, ino):
        if not 0 < ino <= self.inodes:
            raise ValueError(f"inode {ino} does not exist")
        self.file.seek(
            self.start
            + (2 + self.inode_map + self.zone_map) * self.fmt.block
            + (ino - 1) * self.fmt.inode_size
        )
        return self.fmt.unpack_inode(self.file.read(self.fmt.inode_size))

    def tree(self, zone, level, index, owned):
        """Yields number and zone of each zone of data below a pointer; `owned`
        gets the tables too."""
        if zone == 0:
            return
        owned.append(zone)
        if level == 0:
            yield index, zone
            return
        pointers = struct.unpack(
            f"<{self.fmt.pointers}{self.fmt.pointer}", self.zone(zone)
        )
        for i, pointer in enumerate(pointers):
            yield from self.tree(
                pointer,
                level - 1,
                index + i * self.fmt.pointers ** (level - 1),
                owned,
            )

    def file_zones(self, pointers, owned):
        """Returns the zones of a file's data by their number; holes are
        missing."""
        zones, index = {}, 0
        for slot, pointer in enumerate(pointers):
            level = max(0, slot - DIRECT + 1)
            zones.update(self.tree(pointer, level, index, owned))
            index += self.fmt.pointers**level
        return zones

    def read(self, ino, start=0, length=None):
        """Returns a file's bytes from start on, at most length of them."""
        _, size, _, pointers = self.inode(ino)
        block, end = self.fmt.block, size if length is None else min(
            start + length, size
        )
        zones = self.file_zones(pointers, [])
        data = b"".join(
            self.zone(zones[i]) if i in zones else bytes(block)
            for i in range(start // block, div_up(end, block))
        )
        return data[start % block : start % block + end - start]

    def entries(self, ino):
        """Yields name and inode of each entry of a directory."""
        data, n = self.read(ino), struct.calcsize(self.fmt.number)
        for at in range(
            0, len(data) - self.fmt.entry_size + 1, self.fmt.entry_size
        ):
            number = struct.unpack_from("<" + self.fmt.number, data, at)[0]
            if number:
                yield data[at + n : at + self.fmt.entry_size].split(b"\0")[
                    0
                ].decode("latin-1"), number

    def lookup(self, path):
        ino = ROOT
        for name in path.strip("/").split("/"):
            if name:
                ino = dict(self.entries(ino))[name]
        return ino

    def copy(self, ino, path):
        """Copies a file, or a directory and all below it, to the host."""
        mode = self.inode(ino)[0]
        if mode & IFMT == IFDIR:
            os.mkdir(path)
            for name, child in self.entries(ino):
                if name not in (".", ".."):
                    self.copy(child, f"{path}/{name}")
        elif mode & IFMT == IFLNK:
            os.symlink(self.read(ino), path)
        else:
            with open(path, "wb") as file:
                file.write(self.read(ino))

    def check(self):
        """Returns all that is wrong, as a list of sentences."""
        self.problems, self.owner, self.links = [], {}, {}
        self.walk(ROOT, ROOT, "/")
        for ino, (links, path) in self.links.items():
            if self.inode(ino)[2] != links:
                self.problems.append(
                    f"{path}: {links} names, but {self.inode(ino)[2]} links"
                )
        self.compare(
            "inode", 2, self.inode_map, set(self.links), self.inodes + 1
        )
        self.compare(
            "zone",
            2 + self.inode_map,
            self.zone_map,
            {z - self.first + 1 for z in self.owner},
            self.zones - self.first + 1,
        )
        return self.problems

    def walk(self, ino, parent, path):
        self.links.setdefault(ino, [0, path])[0] += 1
        if self.links[ino][0] > 1:
            return
        mode, _, _, pointers = self.inode(ino)
        if mode & IFMT in (IFCHR, IFBLK):
            return
        owned = []
        try:
            self.file_zones(pointers, owned)
        except ValueError as error:
            self.problems.append(f"{path}: {error}")
        for zone in owned:
            if zone in self.owner or not self.first <= zone < self.zones:
                self.problems.append(
                    f"{path}: zone {zone} is also "
                    f"{self.owner.get(zone, 'outside')}'s"
                )
            self.owner[zone] = path
        if mode & IFMT == IFDIR:
            self.walk_directory(ino, parent, path)
        elif mode & IFMT not in (IFREG, IFLNK, IFIFO):
            self.problems.append(f"{path}: mode {mode:o}")

    def walk_directory(self, ino, parent, path):
        entries = list(self.entries(ino))
        if entries[:2] != [(".", ino), ("..", parent)]:
            self.problems.append(f"{path}: wrong . or ..")
        if len({name for name, _ in entries}) < len(entries):
            self.problems.append(f"{path}: two entries of one name")
        self.links[ino][0] += 1
        for name, child in entries[2:]:
            self.walk(child, ino, path.rstrip("/") + "/" + name)
            if self.inode(child)[0] & IFMT == IFDIR:
                self.links[ino][0] += 1

    def compare(self, what, zone, zones, used, bits):
        data = b"".join(self.zone(zone + i) for i in range(zones))
        wrong = [
            bit
            for bit in range(1, bits)
            if (data[bit // 8] >> bit % 8 & 1) != (bit in used)
        ]
        if wrong:
            self.problems.append(
                f"bitmap of {what}s: {len(wrong)} bits are wrong, "
                f"the first is {wrong[0]}"
            )
