"""Who refers to a page frame, found without the kernel's help."""
from cowix import frames, inode, kernel, paging, swap, tasks
from cowix.memory import listed


def spaces():
    """Yields (name, address space) of each that there is."""
    users = {}
    for task in tasks.all_tasks():
        users.setdefault(task["mm"], []).append(task)
    for mm in listed(kernel.address_of("all_mms"), "mm", "link"):
        found = users.get(mm.address)
        yield (
            f"pid {found[0]['pid']} ({found[0]['comm']})"
            if found
            else f"address space {mm.address:#x} without a task",
            mm,
        )


def mappings(frame):
    """Yields who maps a frame, or has it as table or directory. An entry in
    a table that several share counts once, as the law has it."""
    seen = set()
    for name, mm in spaces():
        if mm["pgdir"] - kernel.kernel_base() >> frames.shift() == frame:
            yield 1, f"page directory of {name}"
        for start, pde, table in paging.tables(mm):
            own = paging.frame_of(pde)
            if own == frame:
                yield 1, f"page table for {start:08x} of {name}"
            for i, entry in enumerate(table):
                if not paging.is_mapped(entry):
                    continue
                if paging.frame_of(entry) == frame:
                    address = start + (i << frames.shift())
                    again = own in seen
                    yield 0 if again else 1, (
                        f"mapped at {address:08x} by {name}: "
                        + paging.in_words(entry)
                        + (" (the same page table)" if again else "")
                    )
            seen.add(own)


def cached(frame):
    """Yields the page of the page cache that is in a frame."""
    for page in listed(
        kernel.address_of("lru", "fs/page_cache.c"), "cached_page", "lru_link"
    ):
        if page["frame"] >> frames.shift() == frame:
            dirty = ", dirty" if page["dirty"] else ""
            yield 1, (
                f"page cache: {inode.path(page.follow('inode'))}, "
                f"page {page['index']}{dirty}"
            )


def in_swap_cache(frame):
    found = swap.cached_in(frames.entry(frame), frame)
    if found:
        number, page = swap.place(found[0])
        yield 1, (
            f"swap cache: area {number}, page {page}, "
            f"which {found[1]['count']} entries name"
        )


def of(frame):
    """Yields (references, words) of each holder of a frame that can be found
    from here."""
    yield from mappings(frame)
    owner = frames.owner(frame)
    if owner == "cache":
        yield from cached(frame)
    if owner == "user":
        yield from in_swap_cache(frame)
    if frame == frames.zero():
        yield 1, "the kernel: the page of zeroes"
    page = kernel.kernel_base() + (frame << frames.shift())
    for task in [tasks.idle(), *tasks.all_tasks()]:
        if task.address == page:
            yield 1, f"structure and stack of task {task['pid']}"
