"""The scripts of tools/bochs: each shows one event in Bochs, step by step, and
what it shows must be true."""
import re
import subprocess

import pytest

from conftest import BUILD, TOP


def symbol(name):
    with open(f"{BUILD}/kernel.sym") as f:
        for line in f:
            address, found = line.split()
            if found == name:
                return int(address, 16)
    return None


def show(name):
    """Runs a script. Returns the part behind each of its captions."""
    process = subprocess.run(
        ["tools/bochs/show", name],
        cwd=TOP,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert process.returncode == 0, process.stderr
    parts = re.split(r"^--- (.*)\n", process.stdout, flags=re.M)
    with open(f"{TOP}/tools/bochs/{name}.rc") as f:
        captions = re.findall(r"^# --- (.*)$", f.read(), re.M)
    assert parts[1::2] == captions, process.stdout
    return dict(zip(parts[1::2], parts[2::2]))


def part(parts, words):
    """Returns the part whose caption begins with some words."""
    found = [text for caption, text in parts.items() if words in caption]
    assert len(found) == 1, (words, parts)
    return found[0]


def words_in(text):
    """Returns what an x command shows."""
    lines = re.findall(r"^0x\w+ (?:<\S+>)?:(.*)$", text, re.M)
    return [int(w, 16) for w in re.findall(r"0x(\w+)", " ".join(lines))]


def registers(text):
    return {
        name: int(value, 16)
        for name, value in re.findall(r"\b(e\w\w)=(\w{8})", text)
    }


def test_power_on():
    """Checks the CPU's modes on the way, and where each part begins."""
    parts = show("power-on")
    assert registers(part(parts, "after reset"))["eip"] == 0xFFF0
    assert "base=0xffff0000" in part(parts, "base of CS")
    assert registers(part(parts, "boot sector"))["eip"] == 0x7C00
    assert "\t0x55\t0xaa" in part(parts, "signature")
    setup = part(parts, "setup is in memory")
    assert "1000:0000" in setup or "0000000000010000" in setup
    kernel = part(parts, "first instruction")
    assert "CR0=" in kernel and re.search(r": pg .* PE$", kernel, re.M)
    assert part(parts, "Segments have base 0").count("limit=0xffffffff") == 6
    paging = part(parts, "Paging is on")
    assert re.search(r": PG .* WP .* PE$", paging, re.M), paging
    mapped = part(parts, "first 4 MB")
    assert mapped.count("maps to physical page 0x000000000000") == 2
    first = registers(part(parts, "first line of C"))
    assert first["eip"] == symbol("start_kernel") and first["ebp"] == 0
    assert len(words_in(part(parts, "The return address, and bp"))) == 2
    assert "not available" in part(parts, "low addresses are gone")


def test_syscall():
    """Checks that the registers of the program are saved, reach C, and come
    back with a result."""
    parts = show("syscall")
    before = registers(part(parts, "about to call"))
    assert "int 0x80" in part(parts, "about to call")
    target = re.search(r"target=0x0008:0x(\w+), DPL=3", part(parts, "IDT"))
    assert int(target[1], 16) == symbol("system_call")
    esp0, ss0 = words_in(part(parts, "task state segment"))[1:]
    pushed = words_in(part(parts, "changed stacks"))
    assert pushed[0] == before["eip"] + 2 and pushed[3] == before["esp"]
    regs = words_in(part(parts, "struct pt_regs"))
    assert regs[11:16] == pushed and regs[10] == before["eax"]
    names = ("edi", "esi", "ebp", None, "ebx", "edx", "ecx", "eax")
    for name, value in zip(names, regs):
        assert name is None or value == before[name], name
    call = part(parts, "sys_call_table")
    assert re.search(r"\(sys_\w+\+0+\)", call), call
    arguments = ("ebx", "ecx", "edx", "esi", "edi", "ebp")
    assert words_in(call)[1:] == [before[name] for name in arguments]
    result = registers(part(parts, "EAX is saved"))["eax"]
    assert words_in(part(parts, "last instruction")) == pushed
    after = registers(part(parts, "Back in the program"))
    expected = dict(before, eax=result, eip=before["eip"] + 2)
    assert after == expected and ss0 == 0x10 and esp0 % 4096 == 0


def test_fault():
    """Checks that the page is absent before, and there afterwards. The
    instruction runs only then."""
    parts = show("fault")
    cr2 = part(parts, "address of the access")
    addr = int(re.search(r"laddr=0x(\w+)", cr2)[1], 16)
    assert "not available" in part(parts, "no entry for it")
    error, eip, *rest = words_in(part(parts, "Pushed by the CPU"))
    assert error == 4 and eip == addr
    assert words_in(part(parts, "return address and the arguments"))[2] == 4
    handler = part(parts, "Row 11")
    assert "map_cached_page+0" in handler and words_in(handler)[3] == addr
    assert re.search(r"PTE: 0x\w+ .* U R P$", part(parts, "way back"), re.M)
    assert words_in(part(parts, "has faulted")) == [eip, *rest]
    assert f"001b:{eip:016x}" in part(parts, "again")
    assert registers(part(parts, "this time"))["eip"] > eip


def test_switch():
    """Checks that one task's registers are pushed and the other's popped."""
    parts = show("switch")
    first = part(parts, "and CR3 has")
    before = registers(first)
    back, _, next_esp = words_in(part(parts, "switch_to(save"))
    current = words_in(part(parts, "current is"))[0]
    assert next_esp & ~0xFFF == current != before["esp"] & ~0xFFF
    names = ("edi", "esi", "ebx", "ebp")
    saved = words_in(part(parts, "switch_frame"))
    assert saved[2:] == [before[name] for name in names] + [back]
    changed = part(parts, "ESP is saved and changed")
    theirs = words_in(changed)
    assert registers(changed)["esp"] == next_esp
    popped = registers(part(parts, "are popped"))
    assert theirs[2:6] == [popped[name] for name in names]
    assert popped["esp"] == next_esp + 24
    assert f"0008:{theirs[6]:016x}" in part(parts, "ret goes on")


@pytest.mark.parametrize("name", ["nothing", "cow"])
def test_no_such_script(name):
    """Checks the error, which names those that there are."""
    process = subprocess.run(
        ["tools/bochs/show", name], cwd=TOP, capture_output=True, text=True
    )
    assert process.returncode == 1
    assert "fault, power-on, switch, syscall" in process.stderr
