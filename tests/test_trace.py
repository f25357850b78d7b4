"""The trace of page frames and its picture, the full-screen memmap, and the
benchmarks' tables."""
import csv
import os
import re
import subprocess
import xml.etree.ElementTree

import pytest

from conftest import TOP, cowix, guest_floppy, load_tool

# One process runs at a time. With several the clock's ticks would decide, and
# they fall elsewhere in Bochs.
COMMAND = (
    "(x=1; y=2); /bin/true; /bin/cp /etc/passwd /tmp/x; (x=1; (y=2)); "
    "sed -n 1p /etc/passwd > /tmp/y"
)
TRACED = (
    f"mount -t proc proc /proc; echo 1 > /proc/vmtrace; {COMMAND}; "
    "echo 0 > /proc/vmtrace; cat /proc/vmtrace"
)
SVG = "{http://www.w3.org/2000/svg}"

vmtrace = load_tool("vmtrace")


@pytest.fixture(scope="module")
def trace():
    return cowix(TRACED, image=guest_floppy("cow")).out.decode()


def picture(text, *options):
    process = subprocess.run(
        [os.path.join(TOP, "tools/vmtrace"), *options],
        input=text,
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout


def kinds_that_add_up(trace):
    """Checks that each event finds the count which the frame's last event
    left. The page cache's own reference to a program's page is not traced.
    Returns the kinds."""
    counts, kinds, cached = {}, set(), set()
    events = list(vmtrace.read_events(trace.splitlines()))
    assert len(events) == trace.count("\n") > 250
    for e in events:
        kinds.add(e.kind)
        if e.word:
            continue
        if (
            counts.get(e.frame, 1) == 1
            and e.kind in ("table", "fault")
            and e.before == 0
        ):
            assert (
                e.frame not in counts or e.frame in cached
            ), f"event {e.number}"
        elif counts.get(e.frame):
            assert counts[e.frame] == e.before, f"event {e.number}"
        if e.kind == "fault" and e.before:
            cached.add(e.frame)
        counts[e.frame] = e.after
        if e.kind in ("copy", "split", "dup"):
            assert not counts.get(e.other) and e.before > (e.kind != "dup")
            counts[e.other] = 1
        assert e.kind != "reuse" or e.before == e.after == 1
    return kinds


def names(trace):
    """Returns who forked and what was executed, in some order."""
    return sorted(
        (e.kind, e.word)
        for e in vmtrace.read_events(trace.splitlines())
        if e.word
    )


def test_the_same_in_bochs(trace):
    """Compares names and kinds only. Ticks decide whether parent or child
    writes first, so single events may differ."""
    result = cowix(
        TRACED, "-e", "bochs", "-m", "64", image=guest_floppy("cow")
    )
    other = result.out.decode()
    assert result.status == 0 and names(other) == names(trace)
    assert kinds_that_add_up(other) == kinds_that_add_up(trace)


def test_counts_add_up(trace):
    assert kinds_that_add_up(trace) == {
        "name",
        "table",
        "share",
        "fork",
        "copy",
        "free",
        "tfree",
        "reuse",
        "put",
        "exec",
        "fault",
    }


def test_counts_of_other_policies():
    """Checks page tables that are lent and split, and pages copied at once."""
    for program, wanted in (
        ("lazy areas_are_private permissions", {"lend", "split"}),
        ("policies_lives heaps", {"lend", "split", "dup"}),
    ):
        text = cowix(
            "mount -t proc proc /proc; echo 1 > /proc/vmtrace; "
            f"/tests/{program} > /tmp/x; echo 0 > /proc/vmtrace; "
            "cat /proc/vmtrace",
            image=guest_floppy(program.split()[0]),
        ).out.decode()
        assert wanted < kinds_that_add_up(text)
        xml.etree.ElementTree.fromstring(picture(text))


@pytest.mark.parametrize("emulator", ["qemu", "bochs"])
def test_from_the_first_program_on(emulator):
    """Checks trace=vm: port 0xE9 prints what /proc/vmtrace holds. Without it
    nothing is traced."""
    log = cowix(
        "echo 0 > /proc/vmtrace; cat /proc/vmtrace",
        "-e",
        emulator,
        "-v",
        "-k",
        "trace=vm",
    )
    printed = [
        line
        for line in log.err.splitlines()
        if re.match(r" *\d+ [a-z]+ +\d+ ", line)
    ]
    assert [line.split()[1:3] for line in printed[:2]] == [
        ["table", "1"],
        ["put", "1"],
    ]
    assert [line.split()[-1] for line in printed if " exec " in line][
        0
    ] == "init"
    assert printed == log.out.decode().splitlines()
    assert not re.search(r"^ *\d+ share ", cowix("true", "-v").err, re.M)


def test_picture(trace):
    image = picture(trace, "-t", "a < b & c")
    assert image == picture(trace, "-t", "a < b & c")
    root = xml.etree.ElementTree.fromstring(image)
    texts = ["".join(t.itertext()) for t in root.iter(SVG + "text")]
    assert (
        texts[0] == "a < b & c"
        and texts.count("C") > 5
        and texts.count("R") > 5
        and any(re.fullmatch(r"\d+ sh, cp", t) for t in texts)
    )
    width, height = int(root.get("width")), int(root.get("height"))
    bars = [
        r for r in root.iter(SVG + "rect") if r.find(SVG + "title") is not None
    ]
    assert len(bars) > 100 and all(
        int(b.get("x")) < width
        and int(b.get("y")) + int(b.get("height")) <= height
        for b in bars
    )


def test_picture_of_one_page():
    lines = [
        "       0 fault     3 0804b000 011a1000       0       1 00000000",
        "       1 share     3 0804b000 011a1000       1       2 00000000",
        "       2 fork      3 4",
        "       3 copy      4 0804b000 011a1000       2       1 011a2000",
        "       4 reuse     3 0804b000 011a1000       1       1 00000000",
    ]
    shown = vmtrace.Picture(vmtrace.read_events(lines))
    bars = sorted(
        (b.pid, b.start, b.end, b.frame, b.count) for b in shown.bars
    )
    assert bars == [
        (3, 0, 1, 0x11A1000, 1),
        (3, 1, 3, 0x11A1000, 2),
        (3, 3, 4, 0x11A1000, 1),
        (3, 4, 5, 0x11A1000, 1),
        (4, 2, 3, 0x11A1000, 2),
        (4, 3, 5, 0x11A2000, 1),
    ]
    assert shown.forks == [(2, 3, 4)]


def bars_of(lines):
    return sorted(
        (b.pid, b.addr, b.start, b.end, b.frame, b.count, b.lent)
        for b in vmtrace.Picture(vmtrace.read_events(lines)).bars
    )


def test_picture_of_lent_table():
    """Draws two pages below one table, one of them mapped before the trace
    began. The child writes one; the parent goes first."""
    bars = bars_of(
        [
            "       0 fault     3 0804b000 00011000       0       1 00000000",
            "       1 lend      3 08000000 0000a000       1       2 00000000",
            "       2 fork      3 4",
            "       3 split     4 08000000 0000a000       2       1 0000b000",
            "       4 share     4 0804b000 00011000       1       2 0000b000",
            "       5 share     4 0804c000 00012000       1       2 0000b000",
            "       6 copy      4 0804b000 00011000       2       1 00013000",
            "       7 free      3 0804b000 00011000       1       0 00000000",
            "       8 free      3 0804c000 00012000       2       1 00000000",
            "       9 tfree     3 08000000 0000a000       1       0 00000000",
        ]
    )
    assert bars == [
        (3, 0x804B000, 0, 1, 0x11000, 1, False),
        (3, 0x804B000, 1, 3, 0x11000, 1, True),
        (3, 0x804B000, 3, 4, 0x11000, 1, False),
        (3, 0x804B000, 4, 5, 0x11000, 2, False),
        (3, 0x804B000, 5, 6, 0x11000, 1, False),
        (3, 0x804C000, 4, 6, 0x12000, 2, False),
        (4, 0x804B000, 2, 3, 0x11000, 1, True),
        (4, 0x804B000, 3, 4, 0x11000, 1, False),
        (4, 0x804B000, 4, 5, 0x11000, 2, False),
        (4, 0x804B000, 5, 8, 0x13000, 1, False),
        (4, 0x804C000, 4, 6, 0x12000, 2, False),
        (4, 0x804C000, 6, 8, 0x12000, 1, False),
    ]


def test_picture_of_lent_table_given_back():
    """Draws a process that exits without a write, and loses everything at
    once. Pages taken by swap or reclaim leave all users of the table."""
    bars = bars_of(
        [
            "       0 fault     3 0804b000 00011000       0       1 00000000",
            "       1 fault     3 0804c000 00012000       0       1 00000000",
            "       2 lend      3 08000000 0000a000       1       2 00000000",
            "       3 fork      3 4",
            "       4 out       9 0804c000 00012000       1       0 00001000",
            "       5 tfree     4 08000000 0000a000       2       1 00000000",
        ]
    )
    assert bars == [
        (3, 0x804B000, 0, 1, 0x11000, 1, False),
        (3, 0x804B000, 1, 4, 0x11000, 1, True),
        (3, 0x804B000, 4, 5, 0x11000, 1, False),
        (3, 0x804C000, 0, 1, 0x12000, 1, False),
        (3, 0x804C000, 1, 3, 0x12000, 1, True),
        (4, 0x804B000, 2, 4, 0x11000, 1, True),
        (4, 0x804C000, 2, 3, 0x12000, 1, True),
    ]


def test_picture_of_whole_copy():
    bars = bars_of(
        [
            "       0 fault     3 0804b000 00011000       0       1 00000000",
            "       1 table     3 08000000 0000a000       0       1 00000000",
            "       2 dup       3 0804b000 00011000       1       1 00012000",
            "       3 fork      3 4",
            "       4 free      4 0804b000 00012000       1       0 00000000",
        ]
    )
    assert bars == [
        (3, 0x804B000, 0, 5, 0x11000, 1, False),
        (4, 0x804B000, 3, 4, 0x12000, 1, False),
    ]


def test_picture_of_nothing():
    process = subprocess.run(
        [os.path.join(TOP, "tools/vmtrace")],
        input="nothing\n",
        capture_output=True,
        text=True,
    )
    assert (
        process.returncode == 1
        and process.stdout == ""
        and "no events" in process.stderr
    )


def test_memmap(machine):
    machine.wait_for("\n/root #")
    machine.type("sleep 100 &\nmemmap\n")
    machine.wait_for("q quit")
    assert re.match(
        r"8160 frames, \d+ free, \d+ shared, 8 a cell\n00000000 1",
        machine.screen(),
    )
    with open(machine.vga, "rb") as f:
        cell = f.read()[(80 + 9) * 2 :][:2]
    assert cell == b"1\x20"  # black on green
    machine.type("--")
    machine.wait_for("2 a cell\n00000000 11111")
    machine.type(" ")
    machine.wait_for("2 a cell\n00a80000")
    machine.key("up")
    machine.wait_for("2 a cell\n00a00000")
    machine.type("b")
    machine.wait_for("2 a cell\n00000000")
    machine.type("p")
    machine.wait_for("; 1 init: ")
    machine.type("ppe")
    machine.wait_for("\naddress   pages    frame  count")
    machine.wait_for(" r-c")
    machine.type("PP")
    machine.wait_for("; 1 init: ")
    machine.type("en")
    machine.wait_for("2 a cell\n00000000")
    machine.type("q")
    machine.type("audit\n")
    machine.wait_for("mismatches 0\n")
    assert "a cell" not in machine.screen()


def test_bench_tables(tmp_path):
    """Runs the smallest sizes: a table, a CSV file, and pictures if there is
    gnuplot."""
    process = subprocess.run(
        [os.path.join(TOP, "tools/bench"), "-m", "2", "-o", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert process.returncode == 0, process.stderr
    assert re.search(
        r"^W2   fork \+ exit \+ wait +[\d,]+ +37,605 +267,188",
        process.stdout,
        re.M,
    )
    assert re.search(r"^fork +[\d,]+ +[\d,]+$", process.stdout, re.M)
    with open(tmp_path / "bench.csv") as f:
        rows = list(csv.DictReader(f))
    found = {
        (r["system"], r["policy"], r["MiB"], r["workload"]): int(
            r["instructions"]
        )
        for r in rows
    }
    assert (
        0 < found["Cowix", "fork", "2", "W3"] < 100
        and found["xv6 x86", "fork", "", "W1"] == 1398
    )
    for path in tmp_path.glob("*.svg"):
        xml.etree.ElementTree.parse(path)
    assert len(list(tmp_path.glob("*.svg"))) in (0, 4)
