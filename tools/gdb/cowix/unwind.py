"""Backtraces through the kernel's assembly.

Compiled functions say in the debugging information how to find their callers.
Assembly does not. There all registers lie in a struct pt_regs, which is at the
top of the task's stack if the entry came from user mode. Otherwise it is right
above the arguments of the C function. Where a task of the kernel begins,
nobody has called.

The unwinder also has backtraces of tasks that do not run: then the caller of
the innermost frame is where switch_to() was called.
"""
import gdb
from gdb.FrameDecorator import FrameDecorator
from gdb.unwinder import Unwinder, register_unwinder

from cowix import kernel, memory

ENTRIES = (
    "kernel/entry.asm",
    "kernel/trap_entry.asm",
    "include/asm/entry.inc",
)
BEGINNINGS = ("kernel_thread_start", "enter_user_mode")
GENERAL = ("eax", "ecx", "edx", "ebx", "ebp", "esi", "edi")
SWITCHED = ("ebx", "ebp", "esi", "edi")
ARGUMENTS = 8  # bytes: of the functions that get the registers' address

asleep = None  # the task whose stack is shown, instead of the CPU's


class FrameId:
    """Tells a frame from others: its stack pointer and function."""

    def __init__(self, sp, pc):
        self.sp, self.pc = sp, pc


def unsigned(pending, name):
    return int(pending.read_register(name)) & 0xFFFFFFFF


def info(pending, sp, pc, registers):
    """Returns what gdb wants to know: the frame, and its caller's
    registers. Those not given have not changed."""
    frame = FrameId(as_register(pending, "esp", sp),
                    as_register(pending, "eip", pc))
    found = pending.create_unwind_info(frame)
    for name in GENERAL:
        registers.setdefault(name, unsigned(pending, name))
    for name, value in registers.items():
        found.add_saved_register(name, as_register(pending, name, value))
    return found


def as_register(pending, name, value):
    """Returns a number as a value of a register's type, as gdb wants it."""
    of = pending.read_register(name).type
    number = gdb.Value(value & 0xFFFFFFFF)
    return number.cast(gdb.lookup_type("unsigned int")).cast(of)


def registers_at(sp):
    """Returns where the struct pt_regs of an entry is whose stack pointer is
    sp, or None."""
    above = sp + ARGUMENTS
    if memory.word(sp) == above:
        return memory.Struct("pt_regs", above)
    page = sp & -kernel.page_size()
    top = memory.Struct("task_struct", page)["stack_top"]
    if top != page + kernel.page_size():
        return None
    size = kernel.struct_type("pt_regs").sizeof
    return memory.Struct("pt_regs", top - size)


def through_entry(pending, pc, sp):
    """Returns the caller of a frame in an entry: what was interrupted."""
    regs = registers_at(sp)
    if not regs:
        return None
    user = regs["cs"] & 3
    saved = {"eip": regs["eip"]}
    saved["esp"] = regs["esp"] if user else regs.at("esp")
    if sp <= regs.address:  # else they are not all saved yet
        saved.update((name, regs[name]) for name in GENERAL)
    return info(pending, regs.address, pc, saved)


def to_sleeper(pending, pc, task):
    """Returns the place at which a task sleeps as the innermost caller."""
    frame = task.follow("switch_frame")
    size = kernel.struct_type("switch_frame").sizeof
    saved = {name: frame[name] for name in SWITCHED}
    saved.update(eip=frame["eip"], esp=frame.address + size)
    return info(pending, 1, pc, saved)  # 1: below every stack


class KernelUnwinder(Unwinder):
    """Finds what an entry of the kernel has interrupted."""

    def __init__(self):
        super().__init__("cowix")

    def __call__(self, pending):
        pc, sp = unsigned(pending, "eip"), unsigned(pending, "esp")
        try:
            if asleep and pending.level() == 0:
                return to_sleeper(pending, pc, asleep)
            if pc < kernel.kernel_base():
                return None
            source = kernel.source_at(pc)
            if kernel.function_at(pc) in BEGINNINGS:
                return info(pending, sp, pc, {"eip": 0, "esp": sp + 4})
            if source.endswith(ENTRIES):
                memory.forget()
                return through_entry(pending, pc, sp)
        except gdb.MemoryError:
            pass
        return None


class Named(FrameDecorator):
    """A frame whose function is called as the kernel calls it: without the
    labels in it."""

    def function(self):
        name = self.inferior_frame().name()
        if name:
            return kernel.without_label(name)
        user = self.inferior_frame().pc() < kernel.kernel_base()
        return "a program" if user else "??"


class KernelFilter:
    """Ends a backtrace where the kernel was entered: at the program's
    instruction, or where a task of the kernel began."""

    def __init__(self):
        self.name, self.enabled, self.priority = "cowix", True, 100
        gdb.current_progspace().frame_filters[self.name] = self

    def filter(self, frames):
        in_kernel = False
        for frame in frames:
            pc = frame.inferior_frame().pc()
            level = frame.inferior_frame().level()
            user = pc < kernel.kernel_base()
            if pc == 0 or (asleep and user):
                return
            if not (asleep and level == 0):
                yield Named(frame)
            if user and in_kernel:
                return
            in_kernel = not user


register_unwinder(None, KernelUnwinder(), replace=True)
KernelFilter()
