"""The consoles. The emulator's keyboard gives keys. VGA memory has text and
attributes, and the CRT controller has the cursor."""
import os
import re
import time

import pytest

from conftest import BUILD, Machine, fsck, mkfs

ESC = "\033"
ROW = 80


@pytest.fixture
def console(tmp_path):
    """Returns a function that starts a machine whose /root holds files."""
    machines = []

    def start(**files):
        overlay = tmp_path / "overlay"
        (overlay / "root").mkdir(parents=True)
        for name, content in files.items():
            (overlay / "root" / name).write_bytes(content.encode("latin-1"))
        image = str(tmp_path / "floppy.img")
        programs = sorted(
            p for p in os.listdir(f"{BUILD}/bin") if not p.endswith(".elf")
        )
        assert mkfs(image, *programs, overlay=str(overlay)).returncode == 0
        m = Machine(str(tmp_path), image, "-serial", "null")
        m.image = image
        machines.append(m)
        m.wait_for("\n/root #")
        return m

    yield start
    for m in machines:
        m.close()


def monitor(m, line):
    return m.command("human-monitor-command", **{"command-line": line})[
        "return"
    ]


def cursor(m):
    """Returns row and column from 0. Row 25 hides the cursor."""
    parts = []
    for register in (14, 15):
        monitor(m, f"o /b 0x3d4 {register}")
        parts.append(
            int(re.search(r"= (0x\w+)", monitor(m, "i /b 0x3d5")).group(1), 16)
        )
    return divmod(parts[0] * 256 + parts[1], ROW)


def cells(m, row, column, n):
    """Returns characters and attributes."""
    m.screen()
    with open(m.vga, "rb") as f:
        data = f.read()[(row * ROW + column) * 2 :][: 2 * n]
    return data[::2].decode("cp437"), list(data[1::2])


def until(m, condition, seconds=10):
    """Waits for a condition, since keys take their time to arrive."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail(
                f"not so on the screen, cursor {cursor(m)}:\n{m.screen()}"
            )
        time.sleep(0.05)


def shown(m, text):
    """Writes a file to an empty screen, while the shell waits. Returns the
    rows."""
    m.type(f"cat {text}; sleep 9\n")
    m.wait_for("END")
    return m.screen().split("\n")


def log_in(m):
    m.wait_for("login:")
    m.type("root\n")
    m.wait_for("\n/root #")


def test_switching(console):
    m = console()
    m.type("echo o'ne'; (sleep 2; echo l'ate') &\n")
    m.wait_for("\none")
    m.key("alt-f2")
    log_in(m)
    m.type("echo t'wo'; echo t'hree' > /dev/tty3; ps | wc -l\n")
    m.wait_for("\ntwo")
    m.key("alt-f3")
    m.wait_for("three")
    assert "two" not in m.screen()
    m.key("alt-f1")
    m.wait_for("late")  # written while the console was not in front
    assert "two" not in m.screen() and "one" in m.screen()
    m.key("ctrl-alt-f4")
    log_in(m)
    m.type("echo f'ront' > /dev/tty0\n")
    m.wait_for("\nfront")
    m.key("alt-f9")
    m.wait_for("audit: 0 mismatches")  # the visible console
    m.key("alt-f1")
    until(m, lambda: "late" in m.screen() and "audit" not in m.screen())
    m.switch_off("poweroff\n")
    fsck(m.image)


def test_looking_back(console):
    m = console()

    def look(direction, times, first):
        for _ in range(times):
            m.key(f"shift-pg{direction}")
        until(m, lambda: m.screen().startswith(f"{first}\n"))

    m.type("seq 100 190\n")
    m.wait_for("\n190\n/root #")
    below = m.screen()
    assert below.startswith("167\n")
    look("up", 3, 131)
    assert "190" not in m.screen() and cursor(m)[0] == 25
    look("dn", 1, 143)
    m.key("alt-f2")
    m.wait_for("login:")
    m.key("alt-f1")
    until(
        m, lambda: m.screen().startswith("143\n")
    )  # each console has its own place
    m.key("x")
    until(m, lambda: m.screen() == below + " x" and cursor(m) == (24, 9))
    m.key("backspace")
    m.type("seq 1 300; clear\n")
    until(m, lambda: m.screen().startswith("/root #"))
    look("up", 20, 202)  # 75 lines back is all there is
    for _ in range(20):
        m.key("shift-pgdn")
    until(m, lambda: m.screen().startswith("/root #"))


def test_cursor_movement(console):
    m = console(
        a=f"{ESC}[2J{ESC}[5;10Ha{ESC}[2Ab{ESC}[3Bc{ESC}[5Cd{ESC}[9De{ESC}[2Ef"
        f"{ESC}[1Fg{ESC}[40Gh{ESC}[12di"
        f"{ESC}7{ESC}[20;5Hj{ESC}8k{ESC}[s{ESC}[99;99Hl{ESC}[um{ESC}[HEND"
    )
    rows = shown(m, "a")
    expected = {2: (10, "b"), 4: (9, "a"), 5: (11, "c")}
    for row, (column, text) in expected.items():
        assert rows[row][column : column + len(text)] == text, (row, rows[row])
    assert rows[5][17] == "d" and rows[5][9] == "e"
    assert rows[7] == "f" and rows[6][0] == "g" and rows[6][39] == "h"
    assert (
        rows[11][40:43] == "ikm" and rows[19][4] == "j" and rows[24][79] == "l"
    )
    assert cursor(m) == (0, 3)


def test_erasing_and_moving_lines(console):
    filled = "".join(
        f"{ESC}[{r};1H" + chr(ord("a") + r - 1) * ROW for r in range(1, 26)
    )
    m = console(
        a=filled
        + f"{ESC}[2;10H{ESC}[K{ESC}[3;10H{ESC}[1K{ESC}[4;1H{ESC}[2K{ESC}[5;10H"
        f"{ESC}[5P{ESC}[6;10H{ESC}[5@{ESC}[7;10H{ESC}[5X"
        f"{ESC}[8;1H{ESC}[2M{ESC}[10;1H{ESC}[3L{ESC}[20;10H{ESC}[J{ESC}[1;1H"
        f"{ESC}[4hEND{ESC}[4l",
        b=filled
        + f"{ESC}[5;10r{ESC}[10;1H\n\n{ESC}[5;1H{ESC}M{ESC}[r{ESC}[HEND",
    )
    rows = shown(m, "a")
    assert rows[0] == "END" + "a" * 77
    assert (
        rows[1] == "b" * 9 and rows[2] == " " * 10 + "c" * 70 and rows[3] == ""
    )
    assert (
        rows[4] == "e" * 75
        and rows[5] == "f" * 9 + "     " + "f" * 66
        and rows[6] == "g" * 9 + "     " + "g" * 66
    )
    assert (
        rows[7] == "j" * 80
        and rows[8] == "k" * 80
        and rows[9:12] == ["", "", ""]
        and rows[12] == "l" * 80
    )
    assert rows[19] == "s" * 9 and rows[20] == "" and rows[24] == ""
    m.key("ctrl-c")
    m.type("clear\n")
    rows = shown(m, "b")
    assert (
        rows[3] == "d" * 80
        and rows[4] == ""
        and rows[5:9] == [c * 80 for c in "ghij"]
        and rows[9] == ""
        and rows[10] == "k" * 80
    )


def test_attributes(console):
    m = console(
        a=f"{ESC}[2J{ESC}[H{ESC}[31mr{ESC}[1mR{ESC}[44mb{ESC}[7mi"
        f"{ESC}[27;22;39;49mn{ESC}[5mf{ESC}[25;4mu{ESC}[m.{ESC}[92mg"
        f"{ESC}[38;5;1;44mx{ESC}[38;2;9;9;5;41my{ESC}[48;5;4mz{ESC}[0;38:5:3mw"
        f"{ESC}[38;5;200mv{ESC}[mEND"
    )
    shown(m, "a")
    text, attributes = cells(m, 0, 0, 14)
    assert text == "rRbinfu.gxyzwv"
    assert attributes == [
        4,
        0x0C,
        0x1C,
        0x49,
        7,
        0x87,
        3,
        7,
        0x0A,
        0x14,
        0x44,
        0x14,
        6,
        6,
    ]


def test_strings_for_others(console):
    """Checks DCS, APC, PM, SOS and OSC with their terminators. On Linux some
    OSC have none."""
    m = console(
        a=f"{ESC}[2J{ESC}[Ha{ESC}P1$q;text{ESC}\\b{ESC}_G\r\n\tx{ESC}\\c"
        f"{ESC}^private{ESC}\\d{ESC}Xs{ESC}\\e{ESC}]0;title{ESC}\\f"
        f"{ESC}]2;title\ag{ESC}]Rh{ESC}]P1ff00A0i{ESC}]Pxj{ESC}]P12\x18k"
        f"{ESC}P{ESC}[31ml{ESC}[m{ESC}_x\x18m{ESC}*Bn{ESC} Fo{ESC}[\x7f31mp"
        f"{ESC}[mEND"
    )
    rows = shown(m, "a")
    assert rows[0] == "abcdefghijklmnopEND"
    text, attributes = cells(m, 0, 10, 7)
    assert text == "klmnopE" and attributes == [7, 4, 7, 7, 7, 4, 7]


def test_subparameters(console):
    many = ";".join(["31"] * 16)
    m = console(
        a=f"{ESC}[2J{ESC}[H{ESC}[4:3ma{ESC}[4:0mb{ESC}[38:2::9:8:7mc"
        f"{ESC}[31;38:2:1:2:3:4md"
        f"{ESC}[38:5:2;44me{ESC}[1:2mf{ESC}[0;48:5:12:1mg{ESC}[m{ESC}[9:5Hh"
        f"{ESC}[{many};32;33mi{ESC}[{many}2mj{ESC}[0;99999999999999999999mk"
        f"{ESC}[mEND"
    )
    rows = shown(m, "a")
    assert rows[0] == "abcdefghijkEND"
    assert cells(m, 0, 0, 12)[1] == [
        3,
        7,
        7,
        4,
        0x12,
        0x12,
        0x17,
        7,
        4,
        4,
        7,
        7,
    ]


def test_charset_cells(console):
    m = console(a=f"{ESC}[2J{ESC}[H{ESC}(0lqk{ESC}(Blqk{ESC})0\016x\017xEND\n")
    rows = shown(m, "a")
    assert rows[0] == "┌─┐lqk│xEND"


def test_as_on_linux(console):
    """Checks what a VT100 has not or does in another way: faint, italic, double
    underline, bright; arrows and blocks; what ESC 8 leaves alone."""
    m = console(
        a=f"{ESC}[2J{ESC}[H{ESC}[2md{ESC}[0;3mi{ESC}[0;21mu{ESC}[0;91mB"
        f"{ESC}[38;5;1mr{ESC}[m\016+,-.0q\017{ESC}[12;80Ha{ESC}7{ESC}8b"
        f"{ESC}[14;80Hc{ESC}[Kd"
        f"{ESC}[5;10r{ESC}7{ESC}[?6h{ESC}8{ESC}[Ho{ESC}[?6l{ESC}[r{ESC}[20HEND"
    )
    rows = shown(m, "a")
    text, attributes = cells(m, 0, 0, 11)
    assert text == "diuBr\x1a\x1b\x18\x19█─"
    assert attributes[:6] == [8, 2, 3, 0x0C, 4, 7]
    assert rows[11][79] == "b" and rows[13][79] == "d" and rows[4] == "o"


def test_tab_stops(console):
    m = console(
        a=f"{ESC}[2J{ESC}[3g{ESC}[1;5H{ESC}H{ESC}[1;20H{ESC}H"
        f"{ESC}[3;1H\ta\tb\tc{ESC}[1;5H{ESC}[g{ESC}[4;1H\taEND"
    )
    rows = shown(m, "a")
    assert (
        rows[2] == "    a" + " " * 14 + "b" + " " * 59 + "c"
        and rows[3] == " " * 19 + "aEND"
    )


def test_modes(console):
    m = console(
        a=f"{ESC}[2J{ESC}[1;78Habcdef{ESC}[?7l{ESC}[3;78Habcdef{ESC}[?7h"
        f"{ESC}[5;10r{ESC}[?6h{ESC}[2;3Ho{ESC}[?6l{ESC}[r"
        f"{ESC}]0;a title\aq{ESC}[>c{ESC}[!p{ESC}[1;2yw{ESC}%G{ESC}#8{ESC}=z"
        f"{ESC}>\r\n{ESC}[12\rx3;8He{ESC}[?25lEND"
    )
    rows = shown(m, "a")
    assert (
        rows[0][:3] == "qwz"
        and rows[0][77:] == "abc"
        and rows[1] == "3;8HeEND"
    )
    assert rows[2][77:] == "abf"
    assert rows[5][2] == "o"
    assert cursor(m)[0] == 25
    m.key("ctrl-c")
    m.type("echo -e '\\033[?25h'\n")
    until(m, lambda: cursor(m)[0] < 25)


def test_reports(console):
    m = console()
    m.type("clear; echo -e '\\033[c\\033[5n\\033[4;7H\\033[6n'; sleep 9\n")
    m.wait_for("^[[?6c^[[0n\n")
    m.wait_for("\n      ^[[4;7R")


def test_keys(console):
    m = console()
    m.type("clear; cat > /dev/null\n")

    def keys(*names):
        for name in names:
            m.key(name)
        m.key("ret")

    keys(
        "up",
        "down",
        "right",
        "left",
        "home",
        "end",
        "insert",
        "delete",
        "pgup",
        "pgdn",
    )
    m.wait_for("^[[A^[[B^[[C^[[D^[[1~^[[4~^[[2~^[[3~^[[5~^[[6~\n")
    keys("f1", "f5", "f6", "f10", "f11", "f12")
    m.wait_for("\n^[[[A^[[[E^[[17~^[[21~^[[23~^[[24~\n")
    keys("ctrl-right", "alt-up", "shift-home", "ctrl-delete")
    m.wait_for("\n^[[1;5C^[[1;3A^[[1;2~^[[3;5~\n")
    keys("kp_7", "kp_5", "kp_add", "kp_divide", "kp_decimal", "shift-kp_4")
    m.wait_for("\n75+/.^[[D\n")
    keys(
        "num_lock",
        "kp_7",
        "kp_5",
        "kp_subtract",
        "shift-kp_4",
        "num_lock",
        "kp_1",
    )
    m.wait_for("\n^[[1~^[[G-41\n")
    keys(
        "caps_lock",
        "a",
        "shift-b",
        "1",
        "caps_lock",
        "a",
        "alt-x",
        "ctrl-a",
        "ctrl-spc",
        "ctrl-3",
        "print",
        "pause",
        "b",
    )
    m.wait_for("\nAb1a^[x^A^@^[b\n")
    keys(
        "volumeup",
        "volumedown",
        "audiomute",
        "audioplay",
        "mail",
        "calculator",
        "ac_home",
        "print",
        "ctrl-pause",
        "kp_enter",
        "meta_l",
        "menu",
        "up",
        "c",
    )
    m.wait_for("\n\n^[[Ac\n")
    m.key("ctrl-d")
    m.type("clear; echo -e '\\033[?1h'; cat > /dev/null\n")
    keys("up", "ctrl-up", "home")
    m.wait_for("\n^[OA^[[1;5A^[[1~\n")


def test_stopping_output(console):
    m = console()
    for stop, go in (("ctrl-s", "ctrl-q"), ("scroll_lock", "scroll_lock")):
        m.type("clear; sleep 1; echo s'een'\n")
        m.key(stop)
        with pytest.raises(pytest.fail.Exception):
            m.wait_for("\nseen", 2)
        m.key(go)
        m.wait_for("seen")


def test_logging_out(console):
    """Checks that a session's foreground group ends with its leader. A new
    shell then has the console."""
    m = console()
    m.type("clear; (sleep 1; echo g'host') & exit\n")
    m.wait_for("#")
    m.type("sleep 2; echo l'ate'\n")
    m.wait_for("\nlate", 10)
    assert "ghost" not in m.screen()
    m.type("sleep 9\n")
    m.key("ctrl-c")
    m.type("echo i'nt'\n")
    m.wait_for("\nint", 5)


def test_restart_key(console):
    m = console()
    m.type("echo kept > /root/kept; echo d'one'\n")
    m.wait_for("done")
    m.key("ctrl-alt-delete")
    m.process.wait(timeout=20)
    fsck(m.image)
    with open(m.image, "rb") as f:
        assert b"kept\n" in f.read()
