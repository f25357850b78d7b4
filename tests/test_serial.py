"""The serial lines: stty's settings reach the UART's registers, and a break
arrives. QEMU's monitor reads the ports and sends the breaks."""
import re
import shutil
import socket
import time

import pytest

from conftest import FLOPPY, Machine

DATA, LCR, MCR = 0x2F8, 0x2FB, 0x2FC
DIVISOR_LATCH = 0x80


@pytest.fixture
def machine(tmp_path):
    """Returns a machine with two lines. The first leads to a socket, the
    second nowhere."""
    image = str(tmp_path / "floppy.img")
    shutil.copyfile(FLOPPY, image)
    m = Machine(
        str(tmp_path),
        image,
        "-chardev",
        f"socket,id=first,path={tmp_path}/first,server=on,wait=off",
        "-serial",
        "chardev:first",
        "-chardev",
        "null,id=second",
        "-serial",
        "chardev:second",
    )
    m.first = socket.socket(socket.AF_UNIX)
    m.first.connect(f"{tmp_path}/first")
    m.first.settimeout(15)
    m.wait_for("\n/root #")
    yield m
    m.first.close()
    m.close()


def monitor(m, line):
    return m.command("human-monitor-command", **{"command-line": line})[
        "return"
    ]


def port(m, number):
    return int(
        re.search(r"= (0x\w+)", monitor(m, f"i /b {number:#x}")).group(1), 16
    )


def divisor(m):
    format = port(m, LCR)
    monitor(m, f"o /b {LCR:#x} {format | DIVISOR_LATCH:#x}")
    low, high = port(m, DATA), port(m, DATA + 1)
    monitor(m, f"o /b {LCR:#x} {format:#x}")
    return high << 8 | low


def until(condition):
    end = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def expect(m, text):
    """Reads from the first line until it has said that."""
    said = b""
    while text not in said:
        said += m.first.recv(1000)
    return said


def test_settings(machine):
    m = machine
    m.type("sleep 999 < /dev/ttyS1 &\n")
    for settings, format, wanted in [
        ("9600 cs7 parenb cstopb", 0x1E, 12),
        ("110 cs8 parodd -cstopb", 0x0B, 1047),
        ("57600 cs5 -parenb", 0x00, 2),
        ("115200 cs8", 0x03, 1),
    ]:
        m.type(f"stty {settings} < /dev/ttyS1\n")
        until(lambda: port(m, LCR) == format)
        assert divisor(m) == wanted
    m.type("stty 0 < /dev/ttyS1\n")
    until(lambda: port(m, MCR) == 0x08)
    m.type("stty 9600 < /dev/ttyS1\n")
    until(lambda: port(m, MCR) == 0x0B)


def test_break_is_an_interrupt(machine):
    m = machine
    m.first.sendall(b"\nstty brkint; echo $((40 + 2))\n")
    expect(m, b"42\r\n")
    m.first.sendall(b"echo $((50 + 2)); sleep 100\n")
    expect(m, b"52\r\n")
    time.sleep(0.5)
    monitor(m, "chardev-send-break first")
    m.first.sendall(b"echo status $?\n")
    expect(m, b"status 130\r\n")


@pytest.mark.parametrize(
    "flags, shown", [("parmrk", "ff 00 00 ff 00 00"), ("-parmrk", "00 00")]
)
def test_break_is_read(flags, shown, machine):
    m = machine
    m.type(
        f"(stty raw -echo -ignbrk {flags}; echo $((40 + 2)); "
        f"dd bs=1 count={shown.count(' ') + 1} | hexdump -C) < /dev/ttyS1\n"
    )
    m.wait_for("\n42")
    time.sleep(0.5)
    for _ in range(2):
        monitor(m, "chardev-send-break second")
        time.sleep(0.1)
    m.wait_for(f"00000000  {shown}")
