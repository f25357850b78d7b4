"""timers: what is to happen, and when."""
from cowix import kernel, memory, tasks
from cowix.command import Command, say, table
from cowix.memory import Struct

SUMMARY = "timers -- the timers that run, the next one first"
COLUMNS = (("AT SECOND", 14), ("CALLS", -24), ("FOR", -30))
NANOSECONDS = 1000000000


def everywhere():
    """Yields all timers of the heap, in no order."""
    first = memory.word(kernel.address_of("first", "kernel/time/timer.c"))
    todo = [Struct("timer", first)] if first else []
    while todo:
        timer = todo.pop()
        yield timer
        todo += filter(None, (timer.follow("child"), timer.follow("next")))


def beneficiary(timer):
    """Returns whose timer it is, if its data says so."""
    data = timer["data"]
    for task in tasks.all_tasks():
        if data == task.address:
            return f"task {task['pid']} ({task['comm']})"
    return kernel.symbol_at(data) if data else ""


def row(timer):
    seconds, rest = divmod(timer["expires"], NANOSECONDS)
    return (
        f"{seconds}.{rest:09}",
        kernel.function_at(timer["fire"]),
        beneficiary(timer),
    )


class Timers(Command):
    """Lists the timers that run: when each fires, in seconds since boot, the
    function it calls, and the task it is for.

    Usage: timers"""

    name = "timers"

    def run(self):
        found = sorted(everywhere(), key=lambda timer: timer["expires"])
        table(map(row, found), COLUMNS)
        say(f"{len(found)} timers; tick {memory.variable('jiffies')}")


Timers()
