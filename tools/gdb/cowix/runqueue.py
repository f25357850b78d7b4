"""runqueue: who may run, in the order in which they will."""
from cowix import kernel, tasks
from cowix.command import Command, say
from cowix.memory import listed, pointed, variable

SUMMARY = "runqueue -- the tasks that may run, in their order"


def show(title, queue):
    """Prints the queues that are not empty; rank 0 comes first."""
    say(title)
    size = kernel.struct_type("list").sizeof
    empty = True
    for rank in range(len(queue["queue"])):
        head = queue.at("queue") + rank * size
        for task in listed(head, "task_struct", "run_link"):
            empty = False
            say(
                f"  rank {rank}: {task['pid']} ({task['comm']}), "
                f"priority {task['priority']}, {task['time_slice']} ticks left"
            )
    if empty:
        say("  empty")


class RunQueue(Command):
    """Shows the task that runs, and the run queues: those of this epoch, then
    those that have used up their slice. The lowest rank runs first.

    Usage: runqueue"""

    name = "runqueue"

    def run(self):
        task = tasks.current()
        ticks = f"{task['time_slice']} ticks left"
        say(f"runs: {task['pid']} ({task['comm']}), {ticks}")
        say(f"epoch {variable('epoch')}, "
            f"{variable('context_switches')} switches since boot")
        show("active:", pointed("active"))
        show("expired:", pointed("expired"))


RunQueue()
