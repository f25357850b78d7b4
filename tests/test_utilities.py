"""Tools on the host against its own of the same name: dd, stat, date, id,
stty."""
import os
import re
import subprocess

import pexpect
import pytest

from conftest import BUILD, cowix

BIN = os.path.join(BUILD, "bin")


def run(program, *args, zone="UTC", **options):
    return subprocess.run(
        [program, *args],
        capture_output=True,
        env={"TZ": zone, "LC_ALL": "C"},
        **options,
    )


def both(name, *args, **options):
    """Returns our output and the host's."""
    return (
        run(f"{BIN}/{name}", *args, **options).stdout.decode(),
        run(f"/usr/bin/{name}", *args, **options).stdout.decode(),
    )


@pytest.mark.parametrize(
    "operands",
    [
        "bs=100 count=3 skip=2",
        "bs=100 count=3 skip=2 seek=1 conv=notrunc",
        "ibs=7 obs=50 count=9",
        "bs=1k conv=sync",
        "bs=10x10 count=2b",
        "bs=33 conv=swab,ucase count=1",
        "ibs=100 obs=64 conv=sync",
        "bs=1kB seek=3",
        "count=0",
        "bs=1M",
    ],
)
def test_dd(operands, tmp_path):
    (tmp_path / "in").write_text("".join(f"{n}\n" for n in range(1000)))
    results = []
    for program in (f"{BIN}/dd", "/usr/bin/dd"):
        out = tmp_path / "out"
        out.write_text("0123456789" * 30)
        result = run(
            program, "if=in", "of=out", *operands.split(), cwd=tmp_path
        )
        results.append(
            (
                result.returncode,
                out.read_bytes(),
                [
                    line
                    for line in result.stderr.split(b"\n")
                    if b"records" in line
                ],
            )
        )
    assert results[0] == results[1]


def test_dd_through_pipes():
    text = b"x" * 12345 + b"y" * 5000
    # The pipe is filled 4096 bytes at a time. Blocks that divide those are
    # never read short.
    assert (
        run(
            f"{BIN}/dd",
            "bs=1024",
            "skip=12",
            "count=2",
            "status=none",
            input=text,
        ).stdout
        == text[12288:14336]
    )
    assert run(f"{BIN}/dd", "bs=zero").returncode == 2


@pytest.mark.parametrize(
    "format",
    [
        "%n %s %a %A %u %U %g %G %i %h %F %Y %b %B %04a %f %t %%",
        "%N|%10s|%-8U|",
        "%x %y %z",
    ],
)
def test_stat_format(format):
    ours, hosts = both(
        "stat", "-c", format, "/etc/passwd", "/dev/null", "/var/tmp", "/bin"
    )
    assert re.sub(r"'", "", hosts) == ours


def test_stat_format_without_letter():
    done = run(f"{BIN}/stat", "-c", "%5", "/tmp")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"%5" in done.stderr


def test_stat():
    ours, hosts = both("stat", "/etc/passwd", "/dev/null", "/tmp")
    assert ours == re.sub(r" Birth:.*\n", "", hosts)


@pytest.mark.parametrize(
    "when",
    [
        "@0",
        "@1000000000",
        "@951868799",
        "2024-02-29 23:59:58",
        "2023-12-31",
        "1999-01-03 00:07",
    ],
)
def test_date(when):
    for format in (
        "+%a %A %b %B %C %d %D %e %F %H %I %j %k %l %m %M %n %p %P %r %R %s "
        "%S %t %T %u %U %w %W %x %X %y %Y %h %c",
        "-R",
    ):
        ours, hosts = both("date", "-u", "-d", when, format)
        assert ours == hosts and ours
    assert run(f"{BIN}/date", "-d", "soon").returncode == 1


NEW_YORK = "EST5EDT,M3.2.0,M11.1.0"
ZONES = [
    "UTC0",
    "<+03>-3",
    "<-0330>3:30",
    NEW_YORK,
    ":EST5",
    "FOO",
    "CET-1CEST,M3.5.0,M10.5.0/3",
    "AEST-10AEDT,M10.1.0,M4.1.0/3",
    "XXX3YYY1:30,J60/0,J300/-25",
]
MOMENTS = [
    1709251199,
    1709251200,
    1710053999,
    1710054000,
    1711846799,
    1711846800,
    1730613599,
    1730613600,
    1704067199,
    1735660800,
    4294967295,
    1712412000,
    1728144000,
    1830000000,
]
FORMAT = "+%a %F %T %Z %z %:z %::z %s %-d %_m %05j %^b %#p %#Z %e %k"


@pytest.mark.parametrize("zone", ZONES)
def test_zones(zone, tmp_path):
    """Checks local time by TZ, both ways."""
    for moment in MOMENTS:
        (tmp_path / str(moment)).touch()
        os.utime(tmp_path / str(moment), (0, moment))
    ours, hosts = both(
        "stat", "-c", "%y", *map(str, MOMENTS), zone=zone, cwd=tmp_path
    )
    assert ours == hosts and ours
    ours, hosts = both("date", "-d", "@1710054000", FORMAT, zone=zone)
    assert ours == hosts and ours
    for local in ("2024-03-31 01:59:59", "2024-10-27 04:00"):
        assert len(set(both("date", "-d", local, "+%s", zone=zone))) == 1


def test_summer_time_for_ever():
    for moment in ("@1704085199", "@1704085200", "@1735707600"):
        ours, _ = both("date", "-d", moment, "+%z", zone="EST5EDT,0/0,J365/25")
        assert ours == "-0400\n"


def test_far_dates():
    for moment in ("-2147483648", "-2208988800", "-1.5", "8589934592"):
        ours, hosts = both("date", "-d", "@" + moment, FORMAT)
        assert ours == hosts and ours


@pytest.mark.parametrize(
    "date,zone",
    [
        ("2024-02-30", "UTC0"),
        ("2023-02-29", "UTC0"),
        ("2024-13-01", "UTC0"),
        ("2024-00-10", "UTC0"),
        ("2024-01-00", "UTC0"),
        ("24:00", "UTC0"),
        ("2024-01-01 00:60", "UTC0"),
        ("2024-03-10 02:30", NEW_YORK),
        ("2024-01-01 x", "UTC0"),
        ("2024-01-01T10:00+0x", "UTC0"),
    ],
)
def test_no_such_date(date, zone, tmp_path):
    for arguments in (["date", "-d", date], ["touch", "-d", date, "new"]):
        result = run(
            f"{BIN}/{arguments[0]}", *arguments[1:], zone=zone, cwd=tmp_path
        )
        assert result.returncode == 1 and result.stderr, arguments
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "stamp",
    [
        "202402290000",
        "202404310000",
        "202302290000",
        "190002290000",
        "202401010000.60",
        "202401010000.61",
        "202401012400",
        "6901010000",
        "6801010000",
        "01011200",
        "202403100230",
        "202411030130",
        "1",
    ],
)
def test_touch_stamps(stamp, tmp_path):
    """Checks that only the calendar's dates are accepted, in local time."""
    found = []
    for program in (f"{BIN}/touch", "/usr/bin/touch"):
        name = tmp_path / "new"
        result = run(program, "-t", stamp, name, zone=NEW_YORK)
        found.append(
            (result.returncode, name.exists() and name.stat().st_mtime)
        )
        if name.exists():
            name.unlink()
    assert found[0] == found[1]


def test_zones_of_files(tmp_path):
    """Checks that ls, stat, diff, find and touch tell the same local time."""
    for name in ("old", "new"):
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, (1710054000 + len(name), 1710053999))
    for name, *options in (
        ["ls", "-l", "old"],
        ["stat", "-c", "%y", "old"],
        ["diff", "-u", "old", "new"],
    ):
        assert len(set(both(name, *options, zone=NEW_YORK, cwd=tmp_path))) == 1
    run(
        f"{BIN}/touch",
        "-d",
        "2024-03-10 03:00 -0400",
        "new",
        zone=NEW_YORK,
        cwd=tmp_path,
    )
    assert (tmp_path / "new").stat().st_mtime == 1710054000
    assert (
        both("find", ".", "-newer", "old", cwd=tmp_path) == (".\n./new\n",) * 2
    )


def test_id():
    for args in ([], ["-u"], ["-gn"], ["-Gn"], ["daemon"], ["-un", "nobody"]):
        assert len(set(both("id", *args))) == 1
    assert run(f"{BIN}/id", "nobody-here").returncode == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may be somebody else")
@pytest.mark.parametrize("option", ["-u", "-g", "-G", "-ur", "-gr"])
def test_id_of_somebody_else(option):
    """Checks real and effective ids where they differ."""

    def become():
        os.setgroups([5, 6])
        os.setresgid(33, 44, 44)
        os.setresuid(55, 66, 66)

    with open(
        f"{BIN}/id", "rb"
    ) as program:  # opened before: others may not reach the folder
        ours, hosts = (
            subprocess.run(
                [name, option],
                pass_fds=[program.fileno()],
                preexec_fn=become,
                capture_output=True,
                text=True,
            ).stdout
            for name in (f"/proc/self/fd/{program.fileno()}", "id")
        )
    assert ours == hosts and ours


def flags(text):
    """Returns the flags and characters of stty -a that both programs know."""
    return {
        word
        for word in re.findall(r"-?\w+(?: = \S+;)?", text)
        if not re.match(
            r"-?(cmspar|ofill|ofdel|nl0|cr0|tab0|bs0|vt0|ff0|xcase|echoprt|"
            r"flusho|extproc)$",
            word,
        )
    }


@pytest.mark.parametrize(
    "settings",
    [
        "sane",
        "raw",
        "cooked",
        "-echo -icanon min 3 time 7",
        "intr ^A quit ^- erase x",
        "rows 30 cols 90",
        "9600",
        "115200 -cread",
        "cs7 parenb -onlcr ixoff",
    ],
)
def test_stty(settings):
    shell = pexpect.spawn(
        "/bin/sh",
        env={"PS1": "$ ", "PATH": "/bin:/usr/bin"},
        encoding="latin-1",
        dimensions=(24, 80),
        timeout=10,
    )
    shell.sendline(
        f"{BIN}/stty sane {settings} > f 2>&1; {BIN}/stty -a; echo; echo cut; "
        "/usr/bin/stty -a; echo; echo end; /usr/bin/stty sane".replace(
            "> f 2>&1", ""
        )
    )
    shell.expect(r"end\r?\n.*\$ ")
    ours, hosts = shell.before[
        shell.before.index("; /usr/bin/stty sane") + 20 :
    ].split("cut")
    assert flags(ours) == flags(hosts)
    shell.close()


def test_in_cowix():
    """Checks what only Cowix has: its log and its processes."""
    result = cowix(
        "dmesg | wc -l; dmesg -c | wc -c; dmesg | wc -c; ps aux | tail -1; "
        "dd if=/dev/zero of=/tmp/z bs=1k count=3 status=none; "
        "stat -c '%s %U' /tmp/z; date -d @0 +%F; "
        "ls -l /bin/su /bin/reset /bin/whoami | wc -l"
    )
    lines = result.out.decode().split("\n")
    assert int(lines[0]) > 3 and int(lines[1]) > 100 and lines[2] == "0"
    # tail may not have been executed yet
    assert re.match(r"root +\d+ .* (tail|ps|sh)$", lines[3]), lines
    assert lines[4:7] == ["3072 root", "1970-01-01", "3"], lines


@pytest.mark.parametrize(
    "command", ["ls", "ls -1", "ls -R", "find .", "more *"]
)
def test_control_characters_stay_off_the_terminal(command, tmp_path):
    """Checks that escape sequences and newlines in names and texts are
    harmless."""
    folder = tmp_path / "a\x1b[31mb"
    folder.mkdir()
    (folder / "c\nd\x07").write_text("e\x1b[2Jf\n")
    (tmp_path / "g\x7f").write_text("h\x9b\x08\n")
    shell = pexpect.spawn(
        f"{BIN}/sh",
        ["-c", f"{BIN}/{command}"],
        cwd=folder if "more" in command else tmp_path,
        env={**os.environ, "NO_COLOR": "1"},
        encoding="latin-1",
        timeout=10,
        dimensions=(24, 80),
    )
    shell.expect(pexpect.EOF)
    text = shell.before.replace("\r\n", "\n")
    if "more" not in command:
        assert "a?[31mb" in text and "g?" in text
    assert not set(text) & set("\x1b\x07\x08\x7f")
