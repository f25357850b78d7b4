"""Run by gdb (tools/web): prints where things lie in the kernel, as JSON.

Addresses of variables, offsets into structures and values of enumerations all
come from the debugging information of the kernel that is loaded into gdb.
"""
import json

import gdb

VARIABLES = [
    "mem_map",
    "nr_frames",
    "nr_free_pages",
    "zero_page",
    "all_tasks",
    "current",
]
# of files: two files may have a variable of one name
STATIC = [("kernel/debug/trace.c", "ring"), ("kernel/debug/trace.c", "events")]
STRUCTURES = ["page", "list", "task_struct", "mm", "vm_area", "event"]
ENUMERATIONS = ["page_owner", "trace_kind", "task_state"]


def fields(kind, offset=0):
    """Yields (name, byte offset, size) of each member, also of the members
    that have no name of their own."""
    for field in kind.fields():
        at = offset + field.bitpos // 8
        if field.name:
            yield field.name, at, field.type.sizeof
        else:
            yield from fields(field.type, at)


def structure(name):
    """Returns the layout of struct NAME."""
    kind = gdb.lookup_type(f"struct {name}")
    return {
        "size": kind.sizeof,
        "fields": {
            field: {"offset": offset, "size": size}
            for field, offset, size in fields(kind)
        },
    }


def enumeration(name):
    """Returns the enumeration's names by number."""
    kind = gdb.lookup_type(f"enum {name}")
    return {field.name: int(field.enumval) for field in kind.fields()}


def address(expression):
    return int(gdb.parse_and_eval(f"&{expression}"))


def in_trace(name):
    return gdb.parse_and_eval(f"'kernel/debug/trace.c'::{name}")


def event_words():
    """Returns the words that /proc/vmtrace has for the events, by number."""
    kinds = in_trace("kinds")
    last = kinds.type.range()[1]
    return [kinds[i]["name"].string() for i in range(last + 1)]


symbols = {name: address(name) for name in VARIABLES}
for file, name in STATIC:
    symbols[name] = address(f"'{file}'::{name}")
print(
    json.dumps(
        {
            "symbols": symbols,
            "structures": {name: structure(name) for name in STRUCTURES},
            "enumerations": {name: enumeration(name) for name in ENUMERATIONS},
            "words": event_words(),
            "ring_pages": in_trace("ring").type.range()[1] + 1,
        }
    )
)
