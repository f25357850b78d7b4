"""The battery's clock at boot: its century, its modes, dates at the edges."""
import os
import re
import socket
import subprocess

import pytest

from conftest import BUILD, cowix

STATUS_B, HOURS_24, BINARY, HOLD = 0x0B, 2, 4, 0x80
MONTH, YEAR, CENTURY = 0x08, 0x09, 0x32


def date_at(base, *options):
    result = cowix(
        "date -u +%Y-%m-%dT%H:%M", "-q=-rtc", f"-q=base={base}", *options
    )
    assert result.status == 0
    return result.out.decode().strip()


# QEMU keeps the difference to the host's date in 32 bits. For a date over 68
# years away the clock shows one before 1970.
@pytest.mark.parametrize(
    "base",
    [
        "1970-01-01T00:00",
        "1979-12-31T23:58",
        "1999-12-31T12:30",
        "2000-02-29T00:10",
        "2038-01-19T03:20",
        "2069-06-15T12:00",
        "2070-01-01T00:00",
        "2099-12-31T13:00",
        "2100-02-28T23:00",
        "2105-03-01T11:59",
    ],
)
def test_years(base):
    assert date_at(base + ":05") == base


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def date_after(base, *writes):
    """Writes the clock's registers just before the kernel reads them. Returns
    the date."""
    port, monitor = free_port(), []
    for register, value in writes:
        monitor += [
            "-ex",
            f"monitor o /b 0x70 {register}",
            "-ex",
            f"monitor o /b 0x71 {value}",
        ]
    gdb = subprocess.Popen(
        [
            "gdb",
            "-batch",
            "-ex",
            "set architecture i386",
            "-ex",
            "set tcp connect-timeout 30",
            "-ex",
            f"target remote :{port}",
            "-ex",
            "hbreak time_init",
            "-ex",
            "continue",
            *monitor,
            "-ex",
            "delete",
            "-ex",
            "detach",
            os.path.join(BUILD, "kernel.elf"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        shown = date_at(
            base + ":05", "-q=-S", "-q=-gdb", f"-q=tcp:127.0.0.1:{port}"
        )
        output = gdb.communicate(timeout=30)[0]
    finally:
        gdb.kill()
    assert re.search(r"Breakpoint 1, .*time_init", output), output
    return shown


@pytest.mark.parametrize("hour", ["00", "01", "11", "12", "13", "23"])
@pytest.mark.parametrize("mode", [0, HOURS_24, BINARY, HOURS_24 | BINARY])
def test_modes(hour, mode):
    base = f"2047-08-29T{hour}:14"
    assert date_after(base + ":05", (STATUS_B, mode)) == base


@pytest.mark.parametrize(
    "century, year, shown",
    [
        (0x20, 0x99, 2099),
        (0x21, 0x05, 2105),
        (0x19, 0x75, 1975),
        (0x19, 0x99, 1999),
    ],
)
def test_century(century, year, shown):
    assert (
        date_after("2021-05-05T05:05:05", (YEAR, year), (CENTURY, century))
        == f"{shown}-05-05T05:05"
    )


@pytest.mark.parametrize(
    "year, shown", [(0x99, 1999), (0x70, 1970), (0x69, 2069)]
)
def test_no_century(year, shown):
    """Checks clocks without a century. A clock that is held still takes any
    digits."""
    writes = (STATUS_B, HOLD | HOURS_24), (YEAR, year), (CENTURY, 0)
    assert date_after("2021-05-05T05:05:05", *writes) == f"{shown}-05-05T05:05"


def test_no_date():
    """Checks an empty battery: there is no thirteenth month."""
    writes = (STATUS_B, HOLD | HOURS_24), (MONTH, 0x13)
    assert date_after("2021-05-05T05:05:05", *writes) == "1970-01-01T00:00"
