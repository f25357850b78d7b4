"""The tables and pictures of tools/growth."""
import os
import shutil
import subprocess

# What is drawn: for each picture the groups side by side, and their rows.
FILES = ["create", "stat", "stat of a missing name", "unlink"]
PICTURES = {
    "areas": {
        "areas": ["mmap anywhere", "munmap of one", "mprotect", "first fault"],
        "descriptors": [
            "close one, dup",
            "epoll_wait, one is ready",
            "epoll_ctl, delete and add",
        ],
    },
    "files": {"tmpfs files": FILES, "Minix files": FILES},
    "memory": {
        "MB on tmpfs": [
            "pread of 16 bytes",
            "fault of a mapping",
            "ftruncate by a byte",
        ],
        "MiB touched": ["fork, exit, wait", "a write, with a snapshot"],
        "MiB touched, fork=auto": [
            "fork, exit, wait",
            "a write, with a snapshot",
        ],
    },
    "processes": {
        "processes": [
            "fork, exit, wait",
            "kill with 0",
            "wait for one of those that ended",
        ],
        "timers": ["timer_settime", "timer_delete"],
        "futex waiters": ["wake, nobody waits", "wake one, it waits again"],
    },
}


def groups_of(figures):
    """Returns {group: {row: {n: figure}}}."""
    found = {}
    for (group, row, n), figure in figures.items():
        found.setdefault(group, {}).setdefault(row, {})[n] = figure
    return found


def number(figure):
    return "–" if figure is None else f"{figure:,}"


def times(ratio):
    return "–" if ratio is None else f"{ratio:.2f}"


def ratio(one, other):
    """Returns how many times one is as large as the other, or None."""
    return None if not one or not other else one / other


def worst(cowix, linux):
    """Returns the size at which Cowix does worst beside Linux. Without Linux
    it is the largest."""
    sizes = [n for n in cowix if linux.get(n)]
    if not sizes:
        return max(cowix)
    return max(sizes, key=lambda n: cowix[n] / linux[n])


def growth(figures):
    """Returns how many times the smallest size's figure the largest has."""
    return ratio(figures[max(figures)], figures[min(figures)])


def line(cells):
    return "| " + " | ".join(cells) + " |\n"


def ratios(cowix, linux):
    """Returns the rows of the table, the worst ratio first."""
    rows = []
    for group, operations in groups_of(cowix).items():
        for row, figures in operations.items():
            other = groups_of(linux).get(group, {}).get(row, {})
            n = worst(figures, other)
            rows.append((group, row, n, figures, other))
    rows.sort(key=lambda r: -(ratio(r[3][r[2]], r[4].get(r[2])) or 0))
    return rows


def worst_rows(rows):
    """Returns the first row of each group."""
    firsts = {}
    for row in rows:
        firsts.setdefault(row[0], row)
    return list(firsts.values())


def ratio_table(rows):
    text = line(["operation", "beside", "Cowix", "Linux", "ratio", "grows"])
    text += "|---|---|--:|--:|--:|--:|\n"
    for group, row, n, figures, other in rows:
        things = "" if group in ("base", "clock") else f"{n:,} {group}"
        text += line(
            [
                row,
                things,
                number(figures[n]),
                number(other.get(n)),
                times(ratio(figures[n], other.get(n))),
                times(growth(figures)) if len(figures) > 1 else "",
            ]
        )
    return text


def size_tables(cowix, linux):
    """Returns a table for each group: Cowix's figures above Linux's."""
    text = ""
    ours, theirs = groups_of(cowix), groups_of(linux)
    for group in {**ours, **theirs}:
        rows = {**ours.get(group, {}), **theirs.get(group, {})}
        sizes = sorted(
            {
                n
                for operations in (ours, theirs)
                for figures in operations.get(group, {}).values()
                for n in figures
            }
        )
        text += f"\n### {group}\n\n"
        text += line(["", ""] + [f"{n:,}" for n in sizes])
        text += "|---|---|" + "--:|" * len(sizes) + "\n"
        for row in rows:
            for name, operations in (("Cowix", ours), ("Linux", theirs)):
                figures = operations.get(group, {}).get(row, {})
                text += line(
                    [row if name == "Cowix" else "", name]
                    + [number(figures.get(n)) for n in sizes]
                )
    return text


def document(cowix, linux):
    """Returns growth.md: all ratios, then all figures."""
    rows = ratios(cowix, linux)
    return (
        "# Growth: what an operation costs beside many things\n\n"
        "Made by `tools/growth`: instructions, or nanoseconds where a row\n"
        "says so. Each ratio is that of the size at which it is worst. The\n"
        "last column is how many times the cost at the smallest size the\n"
        "largest has.\n\n"
        "## The worst of each group\n\n"
        + ratio_table(worst_rows(rows))
        + "\n## All ratios\n\n"
        + ratio_table(rows)
        + "\n## All sizes\n"
        + size_tables(cowix, linux)
    )


def series(figures):
    """Returns gnuplot's text of points for one line."""
    return "".join(f"{n} {figures[n]}\n" for n in sorted(figures)) + "e\n"


def panel(group, rows, cowix, linux):
    """Returns a gnuplot script: cost against number, with a colour for each
    operation."""
    lines, data = [], ""
    systems = ((cowix, "linespoints dt 1"), (linux, "lines dt 2"))
    for colour, row in enumerate(rows, 1):
        for name, style in systems:
            figures = groups_of(name).get(group, {}).get(row)
            if not figures:
                continue
            title = f'title "{row}"' if name is cowix else "notitle"
            lines.append(f"'-' with {style} lw 2 lc {colour} {title}")
            data += series(figures)
    if not lines:
        return ""
    return (
        f'set title "{group}; Linux is dashed"\n'
        + "plot "
        + ", ".join(lines)
        + "\n"
        + data
    )


def draw(folder, cowix, linux):
    """Draws the pictures, if gnuplot is there."""
    if not shutil.which("gnuplot"):
        print("No pictures: gnuplot is not there (Debian: gnuplot-nox).")
        return
    for name, panels in PICTURES.items():
        scripts = [panel(*words, cowix, linux) for words in panels.items()]
        scripts = [script for script in scripts if script]
        if not scripts:
            continue
        path = os.path.join(folder, f"growth-{name}.svg")
        head = (
            f"set terminal svg size {380 * len(scripts)},480 "
            'noenhanced font "sans-serif,12" '
            f'background "white" name "{name}"\n'
            f'set output "{path}"\n'
            "set logscale xy\nset grid\n"
            'set format y "%.0s%c"\nset format x "%.0s%c"\n'
            "set key below vertical maxcols 1 left\n"
            f"set multiplot layout 1,{len(scripts)}\n"
        )
        subprocess.run(
            ["gnuplot"],
            input=head + "".join(scripts) + "unset multiplot\n",
            text=True,
            check=True,
        )
