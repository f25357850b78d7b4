"""bt-task: the calls of a task that does not run."""
import gdb

from cowix import tasks, unwind
from cowix.command import TaskCommand, say

SUMMARY = "bt-task PID -- the calls in which a task sleeps"


def of_sleeper(task):
    """Prints the backtrace of a task that does not run, as gdb would if the
    CPU ran it."""
    unwind.asleep = task
    try:
        gdb.invalidate_cached_frames()
        gdb.execute("backtrace")
    finally:
        unwind.asleep = None
        gdb.invalidate_cached_frames()


class BtTask(TaskCommand):
    """Prints the calls of a task that sleeps, from the registers that
    switch_to() has saved on its kernel stack, to the entry from user mode.

    For the task that runs it is gdb's own backtrace.

    Usage: bt-task PID"""

    name = "bt-task"

    def run(self, which):
        task = tasks.find(which)
        if task == tasks.current():
            say(f"Task {task['pid']} ({task['comm']}) runs:")
            gdb.execute("backtrace")
            return
        if tasks.state(task) == "zombie" or not task["switch_frame"]:
            say(f"Task {task['pid']} ({task['comm']}) has ended.")
            return
        of_sleeper(task)
        if task["mm"]:
            regs = tasks.regs_of(task)
            say(f"called in user mode, before {regs['eip']:#010x}")


BtTask()
