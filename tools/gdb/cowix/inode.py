"""What an inode is, and what it is called."""
from cowix import kernel, memory
from cowix.memory import Struct, listed

DEPTH = 64  # of a path; a deeper one has a loop


def kind(inode):
    """Returns the type of a file: dir, reg, chr..."""
    types = kernel.constants("abi/stat.h")
    for name, bits in types.items():
        if name.startswith("S_IF") and name != "S_IFMT":
            if inode["i_mode"] & types["S_IFMT"] == bits:
                return name.replace("S_IF", "").lower()
    return "none"


def name_of(inode):
    """Returns (name, directory) from the name cache, or None."""
    for entry in listed(inode.at("i_names"), "cached_name", "inode_link"):
        data = memory.read(entry.at("name"), entry["length"])
        return data.decode("latin-1"), entry.follow("dir")
    return None


def path(inode):
    """Returns a path of an inode. It begins with ... where the kernel has
    forgotten the rest."""
    parts = []
    for _ in range(DEPTH):
        super_block = inode.follow("i_sb")
        if not super_block:
            return "(nameless)"
        if super_block.follow("s_root") == inode:
            covered = super_block.follow("s_covered")
            if not covered:
                break
            inode = covered
            continue
        found = name_of(inode)
        if not found:
            parts.append(f"... (inode {inode['i_ino']})")
            return "/".join(reversed(parts))
        parts.append(found[0])
        inode = found[1]
    return "/" + "/".join(reversed(parts))


def device(number):
    """Returns a device as major:minor."""
    return f"{number >> 8}:{number & 0xFF}" if number else "-"


def everywhere():
    """Yields all inodes in memory, mounted file system by file system."""
    mounts = kernel.address_of("mounts")
    for super_block in listed(mounts, "super_block", "link"):
        head = super_block.at("s_inodes")
        for inode in listed(head, "inode", "sb_link"):
            yield super_block, inode


def system(super_block):
    """Returns the name of the kind of file system."""
    kind_of = super_block.follow("s_type")
    return memory.text_at(kind_of["name"])


def at(address):
    return Struct("inode", address)
