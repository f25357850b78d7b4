"""The commands of tools/gdb, compared with what Cowix says itself.

Two boots serve all tests. In the first tests/gdb_session.py stops the kernel
at some places. The program prints what /proc knows before the stop.
"""
import json
import os
import re
import socket
import subprocess

import pytest

from conftest import BUILD, FLOPPY, TOP, cowix, guest_floppy

FILES = "maps pages stat"
COMMAND = (
    "mount -t proc proc /proc; sleep 1000 & p=$!; "
    "until grep -q '(sleep) S' /proc/$p/stat; do :; done; "
    f"for f in {FILES}; do echo \"== $f\"; cat /proc/$p/$f; done; "
    "echo == fd; ls -l /proc/$p/fd; echo == ps; ps; echo == end; sync; "
    "echo hello >/tmp/x; cat /tmp/x /missing; sync; /tests/swap fork_lazy"
)
CONNECT = """set pagination off
set confirm off
set architecture i386
set tcp connect-timeout 60
target remote 127.0.0.1:{port}
source tools/gdb/load.py
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def debug(folder, script, command, image, **environment):
    """Runs a command in Cowix, with gdb attached from the first instruction
    on. Returns what gdb printed, and the command's result."""
    port = free_port()
    path = folder / "script.gdb"
    path.write_text(CONNECT.format(port=port) + script)
    gdb = subprocess.Popen(
        ["gdb", "-q", "-nx", "-batch", "-x", str(path)]
        + [f"{BUILD}/kernel.elf"],
        cwd=TOP,
        env=dict(os.environ, **environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    options = ["-q=-S", "-q=-gdb", f"-q=tcp:127.0.0.1:{port}"]
    try:
        result = cowix(command, *options, timeout=120, image=image)
        printed = gdb.communicate(timeout=60)[0]
    finally:
        gdb.kill()
    return printed, result


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """Returns what each command printed at each stop, and Cowix's output by
    sections."""
    folder = tmp_path_factory.mktemp("gdb")
    printed, result = debug(
        folder,
        "source tests/gdb_session.py\n",
        COMMAND,
        guest_floppy("swap"),
        COWIX_GDB_TEST=str(folder / "found"),
    )
    assert (folder / "found").exists(), printed + result.err
    found = json.loads((folder / "found").read_text())
    assert "swap" in found, printed
    found["printed"] = printed
    sections = re.split(r"^== (\w+)\n", result.out.decode(), flags=re.M)
    found["guest"] = dict(zip(sections[1::2], sections[2::2]))
    return found


def at_marker(session, command):
    """Returns what a command about the sleeping task printed."""
    sleeper = session["marker"]["sleeper"]
    return session["marker"][f"{command} {sleeper}"]


def test_before_paging(session):
    """Checks that the commands say why there is nothing to show."""
    for text in session["power on"].values():
        assert text.startswith("error: The kernel has not begun"), text


def test_help(session):
    """Checks that the list names each command, and that help explains one."""
    text = session["start"]["help cowix"]
    for name in ("ps", "bt-task PID", "pageframe N", "debug-program NAME"):
        assert re.search(f"^{name}.* -- ", text, re.M), text
    assert "Usage: ps" in session["start"]["help ps"]


def test_backtrace_through_entries(session):
    """Checks where backtraces end: at the program's instruction, for a fault
    and for a call, and at the kernel's first."""
    names = r"^#\d+ +(?:0x\w+ in )?([\w ]+) \("
    fault = re.findall(names, session["fault"]["bt"], re.M)
    assert fault[-3:] == ["do_page_fault", "page_fault", "a program"]
    call = re.findall(names, session["marker"]["bt"], re.M)
    assert call == ["sys_sync", "system_call", "a program"]
    start = re.findall(names, session["start"]["bt"], re.M)
    assert start == ["start_kernel", "startup_32"]


def test_ps(session):
    """Compares all tasks with the program ps, but for those that had not
    begun or have ended."""
    theirs = {
        int(pid): (int(parent), int(pages) // 4, name)
        for pid, parent, pages, name in re.findall(
            r"^ +(\d+) +(\d+) +\d+ +\S+ +\S+ +\S+ +\d+ +(\d+) (\w+)",
            session["guest"]["ps"],
            re.M,
        )
    }
    ours = {
        int(pid): (int(parent), int(pages), name)
        for pid, parent, pages, name in re.findall(
            r"^ +\*?(\d+) +\d+ +(\d+) +\w+ +(\d+) +\d+  (\w+)",
            session["marker"]["ps"],
            re.M,
        )
    }
    assert ours.pop(0)[2] == "idle"
    assert ours.pop(session["marker"]["sync"])[2] == "sync"
    theirs = {p: t for p, t in theirs.items() if t[2] != "ps"}
    assert {p: t[::2] for p, t in ours.items()} == {
        p: t[::2] for p, t in theirs.items()
    }
    sleeper = session["marker"]["sleeper"]
    assert ours[sleeper] == theirs[sleeper]


def test_where_tasks_sleep(session):
    """Checks what ps and bt-task say of a program and of a kernel's task."""
    ps = session["marker"]["ps"]
    assert re.search(r"interruptible .* sleep +do_nanosleep$", ps, re.M), ps
    assert re.search(r"uninterruptible .* sysrq +sysrq_task$", ps, re.M), ps
    calls = at_marker(session, "bt-task")
    order = ("switch_to_next", "sleep_until", "do_nanosleep", "system_call")
    places = [calls.index(name) for name in order]
    assert places == sorted(places), calls
    eip = int(re.search(r"before (0x\w+)\n$", calls)[1], 16)
    text = re.match(r"(\w+)-(\w+) r-xp", session["guest"]["maps"])
    assert int(text[1], 16) <= eip < int(text[2], 16), calls
    kernel = session["marker"]["bt-task 2"]
    assert kernel.splitlines()[-1].split(" in ")[1].startswith(
        "kernel_thread_start"
    ), kernel
    assert "Python Exception" not in calls + kernel


def test_task(session):
    text = at_marker(session, "task")
    fields = session["guest"]["stat"].split()
    parent, group, sid = fields[3:6]
    assert (
        f"group {group}, session {sid}, parent {parent}" in text
        and "interruptible in do_nanosleep" in text
        and "3 areas, 4 pages, 0 in swap" in text
    ), text


def test_areas(session):
    """Compares the areas with /proc/PID/maps, where an area of a file with
    more memory than the file has is two lines."""
    theirs = {}
    for line in session["guest"]["maps"].splitlines():
        addresses, rights, *rest = line.split()
        start, end = (int(a, 16) for a in addresses.split("-"))
        if rest[2] == "0" and start in [e for e, _, _ in theirs.values()]:
            before = next(s for s, t in theirs.items() if t[0] == start)
            theirs[before] = (end, *theirs[before][1:])
        else:
            theirs[start] = (end, rights, rest[3])
    ours = {
        int(start, 16): (int(end, 16), rights, name)
        for start, end, rights, name in re.findall(
            r"^(\w+)-(\w+) ([\w-]{4}) (\S+)", at_marker(session, "areas"), re.M
        )
    }
    assert {s: t[:2] for s, t in ours.items()} == {
        s: t[:2] for s, t in theirs.items()
    }
    files = [t[2] for t in theirs.values() if t[2].startswith("/")]
    assert [t[2] for t in ours.values() if t[2] != "anonymous"] == files


def test_pagetable(session):
    """Compares each entry with /proc/PID/pages: frame, count and bits."""
    theirs = []
    for address, pages, frame, count, bits in re.findall(
        r"^(\w{8}) +(\d+) (\w{8}) +(\d+) (\S+)$",
        session["guest"]["pages"],
        re.M,
    ):
        for i in range(int(pages)):  # a line is a run of frames
            page = f"{int(address, 16) + (i << 12):08x}"
            number = f"{(int(frame, 16) >> 12) + i:05x}"
            theirs.append((page, number, int(count), bits[:5]))
    ours = []
    for address, words, frame, count in re.findall(
        r"^  (\w{8}): \w{8} (.*) -> frame 0x(\w+), count (\d+),",
        at_marker(session, "pagetable"),
        re.M,
    ):
        bits = "".join(
            letter if word in words.split(", ") else "-"
            for letter, word in zip(
                "rwcda", ("present", "writable", "COW", "dirty", "accessed")
            )
        )
        ours.append((address, frame.zfill(5), int(count), bits))
    assert ours == theirs and len(ours) >= 3


def test_pageframes(session):
    """Checks that all references to the frames of a process are found: as
    many as the count says, else the command says so."""
    kinds = set()
    for command, text in session["tables"].items():
        kinds.add(re.match(r"frame \w+, count \d+, (\w+)", text)[1])
        assert "look at audit" not in text, text
        sleeper = session["marker"]["sleeper"]
        assert f"by pid {sleeper} (sleep)" in text
    assert kinds == {"cache", "user"}
    assert any(
        "page cache: /bin/sleep, page 0" in text
        for text in session["tables"].values()
    )


def test_cow(session):
    """Checks the page of a copy-on-write fault: both who have it, what will
    happen, and the line. A wrong count is seen here and by the audit."""
    fault = session["fault"]
    frame = fault["entry"] >> 12
    text = fault["cow"]
    assert f"address {fault['addr']:08x}" in text
    assert f"entry {fault['entry']:08x}: present, COW" in text
    assert f"frame {frame:#x}, count 2, user" in text
    page = fault["addr"] & ~0xFFF
    owners = re.findall(rf"mapped at {page:08x} by pid (\d+)", text)
    assert len(set(owners)) == 2 and "1" in owners
    assert str(fault["current"]) in owners  # parent or child came first
    assert "a write copies it" in text and "mm/memory.c:" in text
    assert fault["audit"] == "0 mismatches\n"
    wrong = session["wrong"]
    assert "count 9, recounted 2" in wrong["audit"]
    assert wrong["audit"].endswith("1 mismatches\n")
    assert "9 references, 2 found" in wrong[f"frame page {frame}"]
    assert session["marker"]["cow"].startswith("error: Not in do_wp_page")


def test_files(session):
    """Compares the open files with /proc/PID/fd."""
    theirs = re.findall(r" (\d+) -> (\S+)", session["guest"]["fd"])
    ours = re.findall(
        r"^ +(\d+)x?  .* (/\S+) \(device", at_marker(session, "files"), re.M
    )
    assert ours == theirs and len(ours) == 3


def test_inodes_and_buffers(session):
    """Compares numbers with the kernel's own. One inode more is nameless:
    that of all anonymous files."""
    inodes = session["marker"]["inodes all"]
    found = int(re.search(r"(\d+) shown of \1$", inodes, re.M)[1])
    assert 0 <= session["counts"]["nr_inodes"] - found <= 1, inodes
    assert re.search(r"^minix .* reg .* /bin/sleep$", inodes, re.M), inodes
    buffers = session["marker"]["bufs all"]
    found = int(re.search(r"(\d+) shown of \1$", buffers, re.M)[1])
    assert found == session["counts"]["nr_buffers"]


def test_scheduler_and_timers(session):
    queues = session["marker"]["runqueue"]
    assert f"runs: {session['marker']['sync']} (sync)" in queues
    ready = re.findall(
        r"^ +(\d+) .* running .* (\w+)$", session["marker"]["ps"], re.M
    )
    queued = re.findall(r"^  rank \d+: (\d+) \((\w+)\),", queues, re.M)
    assert sorted(queued) == sorted(t for t in ready if t[1] != "idle")
    switches = session["counts"]["context_switches"]
    assert f"{switches} switches" in queues
    timers = session["marker"]["timers"]
    sleeper = session["marker"]["sleeper"]
    last = [line for line in timers.splitlines() if "timeout_fired" in line]
    seconds = float(last[-1].split()[0])
    assert 1000 <= seconds < 1100 and f"task {sleeper} (sleep)" in last[-1]


def test_dmesg(session):
    text = session["marker"]["dmesg"]
    assert text.startswith("Cowix ") and "root: /dev/ram0\n" in text
    assert "audit: wrong count: " in text


def test_printers(session):
    marker = session["marker"]
    assert re.search(r"= list of \d+ from", marker["print all_tasks"])
    task = f"= task {session['fault']['current']} (init) TASK_RUNNING"
    assert task in session["fault"]["print *current"]
    assert re.search(
        r"\(in swap: area 0, page \d+, count \d+\)$",
        session["swap"]["printed"].strip(),
    )


def test_wrong_arguments(session):
    for name in ("task", "bt-task", "areas", "pagetable", "files"):
        text = session["marker"][f"{name} 9999"]
        assert text == "error: There is no task 9999. Try: ps"
    assert "no address space" in session["marker"]["areas 2"]


def test_syscalls(session):
    """Checks the calls of the shell and its children between two stops."""
    text = session["calls"]["continue"]
    assert text, session["printed"]

    def returned(task, call, result):
        """Others may run before a call's result is known."""
        name = call.split("\\")[0]
        calls = f"{task}: {call}.*\\)"
        at_once = re.search(f"{calls} = {result}$", text, re.M)
        later = rf"\w+: \.\.\. {name} = {result}$"
        return at_once or (
            re.search(rf"{calls} \.\.\.$", text, re.M)
            and re.search(later, text, re.M)
        )

    assert returned("sh", 'open\\(path="/tmp/x", flags=', 3), text
    assert returned("sh", r'write\(fd=1, buf="hello\\n", count=6', 6), text
    assert returned("sh", 'execve\\(user_path="/bin/cat", argv=', 0), text
    assert returned("cat", 'open\\(path="/missing", ', "-ENOENT"), text
    assert returned("sh", "waitpid\\(pid=-1, ", r"\d+"), text
    assert "cat: exit_group(status=1)\n" in text
    assert session["calls"]["syscalls off"] == "System calls are not shown.\n"


def test_lazy_tables_and_swap(session):
    """Checks an entry in swap, in a page table that two processes share."""
    swap = session["swap"]
    assert swap["count"] == 2
    for which in ("pid shown", "other shown"):
        text = swap[which]
        assert "count 2, lent by fork" in text, text
        page = swap["entry"] >> 12
        words = f"in swap: area 0, page {page}, count {swap['slot']}"
        assert f"{swap['entry']:08x} {words}" in text, text
    owners = re.findall(r"of pid (\d+) \(swap\)", swap["table shown"])
    assert sorted(map(int, owners)) == sorted([swap["pid"], swap["other"]])
    assert "its page table is lent" in swap["cow shown"]
    total = sum(
        int(swapped)
        for pid, swapped in re.findall(
            r"^ +\*?(\d+) .* +(\d+)  swap", session["tasks"]["ps"], re.M
        )
        if int(pid) == swap["pid"]
    )
    assert total == swap["used"]


def test_debug_program(tmp_path):
    """Checks make debug-program: gdb stops in a program's main, and steps
    over the page faults that its lines cause."""
    script = "hbreak start_kernel\ncontinue\ndelete\n"
    script += "python import cowix.program; cowix.program.begin()\n"
    script += "backtrace\nprint argv[1]\nnext\nnext\nnext\ninfo source\n"
    script += "ps\npython\ntry:\n gdb.execute('audit')\n"
    script += "except gdb.error as error:\n print(error)\nend\n"
    script += "break sys_statx\ncontinue\nbacktrace\nkill\n"
    text, _ = debug(
        tmp_path, script, "echo no", FLOPPY, COWIX_PROGRAM="ls -l /etc"
    )
    assert re.search(r"main \(argc=3, argv=\w+\) at user/bin/ls.c:\d+", text)
    assert re.search(r"^ +\*\d+ .* running .* ls$", text, re.M), text
    assert "No audit here: a program runs" in text, text
    assert '"-l"' in text and "page_fault" not in text, text
    assert "Current source file is user/bin/ls.c" in text, text
    assert re.search(r"^#2 .* at user/lib/syscalls.asm:\d+", text, re.M), text
