"""ps: all tasks."""
from cowix import tasks
from cowix.command import Command, table

SUMMARY = "ps -- all tasks: state, pages, and what they wait for"
COLUMNS = (
    (" PID", 5),
    ("PROCESS", 7),
    ("PARENT", 6),
    ("STATE", -15),
    ("PAGES", 6),
    ("SWAPPED", 7),
    ("NAME", -15),
    ("WAITS IN", -20),
)


def row(task):
    mm, parent = task.follow("mm"), task.follow("parent")
    mark = "*" if task == tasks.current() else ""
    return (
        f"{mark}{task['pid']}",
        task["tgid"],
        parent["pid"] if parent else 0,
        tasks.state(task),
        mm["nr_resident"] if mm else 0,
        mm["nr_swapped"] if mm else 0,
        task["comm"],
        tasks.waits_in(task),
    )


class Ps(Command):
    """Lists all tasks. The one that runs has a star.

    STATE is task->state. PAGES and SWAPPED count the entries of its page
    tables, as /proc does. WAITS IN is the function that put it to sleep.

    Usage: ps"""

    name = "ps"

    def run(self):
        everybody = [tasks.idle(), *tasks.all_tasks()]
        table(map(row, everybody), COLUMNS)


Ps()
