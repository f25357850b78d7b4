"""Tasks: all of them, one of them, and where each sleeps."""
import gdb

from cowix import kernel, memory
from cowix.memory import Struct, listed, pointed

# Where tasks wait: their callers say for what.
WAITING = (
    "kernel/task/sched.c",
    "kernel/task/wait.c",
    "kernel/task/poll_wait.c",
)


def current():
    return pointed("current")


def idle():
    return Struct("task_struct", kernel.address_of("init_task_union"))


def all_tasks():
    """Yields each thread of each process. The idle task is none of them."""
    head = kernel.address_of("all_tasks")
    for process in listed(head, "task_struct", "all_link"):
        yield process
        first = process.at("threads")
        yield from listed(first, "task_struct", "threads")


def find(text):
    """Returns the task with a number or, if that is no number, a name."""
    if not text.isdigit():
        found = [t for t in all_tasks() if t["comm"] == text]
        if len(found) == 1:
            return found[0]
        if found:
            pids = ", ".join(str(t["pid"]) for t in found)
            raise gdb.GdbError(f"Several tasks are {text}: {pids}.")
    elif int(text) == 0:
        return idle()
    for task in all_tasks():
        if text.isdigit() and task["pid"] == int(text):
            return task
    raise gdb.GdbError(f"There is no task {text}. Try: ps")


def state(task):
    """Returns the state as the kernel calls it, in small letters."""
    name = kernel.enum_names("task_state")[task["state"]]
    return name.replace("TASK_", "").lower()


def regs_of(task):
    """Returns the registers of a task's last entry from user mode."""
    size = kernel.struct_type("pt_regs").sizeof
    return Struct("pt_regs", task["stack_top"] - size)


def is_asleep(task):
    """Returns true if the task's registers are on its stack."""
    return task != current() and task["switch_frame"] != 0


def callers(task):
    """Yields the return addresses on the stack of a task that does not run,
    the innermost first, by frame pointers as panic() does."""
    frame = task.follow("switch_frame")
    page = task.address & -kernel.page_size()
    yield frame["eip"]
    ebp = frame["ebp"]
    while ebp & -kernel.page_size() == page and ebp % memory.POINTER == 0:
        back = memory.word(ebp + memory.POINTER)
        if not kernel.function_at(back):
            return
        yield back
        above = memory.word(ebp)
        if above <= ebp:
            return
        ebp = above


def waits_in(task):
    """Returns the function that put the task to sleep, or ''."""
    if not is_asleep(task) or state(task) in ("running", "zombie"):
        return ""
    for pc in callers(task):
        if not kernel.source_at(pc - 1).endswith(WAITING):
            return kernel.function_at(pc - 1)
    return ""
