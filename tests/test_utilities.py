"""Tools on the host against the host's own of the same name: dd, stat, date, id, stty."""
import os
import re
import subprocess

import pexpect
import pytest

from conftest import BUILD, cowix

BIN = os.path.join(BUILD, "bin")


def run(program, *args, **options):
    return subprocess.run([program, *args], capture_output=True, env={"TZ": "UTC", "LC_ALL": "C"}, **options)


def both(name, *args, **options):
    """Our output and the host's."""
    return run(f"{BIN}/{name}", *args, **options).stdout.decode(), run(f"/usr/bin/{name}", *args, **options).stdout.decode()


@pytest.mark.parametrize("operands", ["bs=100 count=3 skip=2", "bs=100 count=3 skip=2 seek=1 conv=notrunc", "ibs=7 obs=50 count=9",
                                      "bs=1k conv=sync", "bs=10x10 count=2b", "bs=33 conv=swab,ucase count=1", "ibs=100 obs=64 conv=sync",
                                      "bs=1kB seek=3", "count=0", "bs=1M"])
def test_dd(operands, tmp_path):
    (tmp_path / "in").write_text("".join(f"{n}\n" for n in range(1000)))
    results = []
    for program in (f"{BIN}/dd", "/usr/bin/dd"):
        out = tmp_path / "out"
        out.write_text("0123456789" * 30)
        result = run(program, "if=in", "of=out", *operands.split(), cwd=tmp_path)
        results.append((result.returncode, out.read_bytes(), [line for line in result.stderr.split(b"\n") if b"records" in line]))
    assert results[0] == results[1]


def test_dd_through_pipes():
    text = b"x" * 12345 + b"y" * 5000
    # The pipe is filled 4096 bytes at a time: blocks that divide those are never read short.
    assert run(f"{BIN}/dd", "bs=1024", "skip=12", "count=2", "status=none", input=text).stdout == text[12288:14336]
    assert run(f"{BIN}/dd", "bs=zero").returncode == 2


@pytest.mark.parametrize("format", ["%n %s %a %A %u %U %g %G %i %h %F %Y %b %B %04a %f %t %%", "%N|%10s|%-8U|", "%x %y %z"])
def test_stat_format(format):
    ours, hosts = both("stat", "-c", format, "/etc/passwd", "/dev/null", "/tmp", "/bin")
    assert re.sub(r"'", "", hosts) == ours


def test_stat():
    ours, hosts = both("stat", "/etc/passwd", "/dev/null", "/tmp")
    assert ours == re.sub(r" Birth:.*\n", "", hosts)


@pytest.mark.parametrize("when", ["@0", "@1000000000", "@951868799", "2024-02-29 23:59:58", "2023-12-31", "1999-01-03 00:07"])
def test_date(when):
    for format in ("+%a %A %b %B %C %d %D %e %F %H %I %j %k %l %m %M %n %p %P %r %R %s %S %t %T %u %U %w %W %x %X %y %Y %h %c", "-R"):
        ours, hosts = both("date", "-u", "-d", when, format)
        assert ours == hosts and ours
    assert run(f"{BIN}/date", "-d", "soon").returncode == 1


def test_id():
    for args in ([], ["-u"], ["-gn"], ["-Gn"], ["daemon"], ["-un", "nobody"]):
        assert len(set(both("id", *args))) == 1
    assert run(f"{BIN}/id", "nobody-here").returncode == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may be somebody else")
@pytest.mark.parametrize("option", ["-u", "-g", "-G", "-ur", "-gr"])
def test_id_of_somebody_else(option):
    """Real and effective ids, where they differ."""
    def become():
        os.setgroups([5, 6])
        os.setresgid(33, 44, 44)
        os.setresuid(55, 66, 66)

    with open(f"{BIN}/id", "rb") as program:        # opened before: others may not reach the folder
        ours, hosts = (subprocess.run([name, option], pass_fds=[program.fileno()], preexec_fn=become, capture_output=True, text=True).stdout
                       for name in (f"/proc/self/fd/{program.fileno()}", "id"))
    assert ours == hosts and ours


def flags(text):
    """The flags and characters of stty -a that both programs know."""
    return {word for word in re.findall(r"-?\w+(?: = \S+;)?", text)
            if not re.match(r"-?(cmspar|ofill|ofdel|nl0|cr0|tab0|bs0|vt0|ff0|xcase|echoprt|flusho|extproc)$", word)}


@pytest.mark.parametrize("settings", ["sane", "raw", "cooked", "-echo -icanon min 3 time 7", "intr ^A quit ^- erase x", "rows 30 cols 90", "9600",
                                      "115200 -cread", "cs7 parenb -onlcr ixoff"])
def test_stty(settings):
    shell = pexpect.spawn("/bin/sh", env={"PS1": "$ ", "PATH": "/bin:/usr/bin"}, encoding="latin-1", dimensions=(24, 80), timeout=10)
    shell.sendline(f"{BIN}/stty sane {settings} > f 2>&1; {BIN}/stty -a; echo; echo cut; /usr/bin/stty -a; echo; echo end; /usr/bin/stty sane"
                   .replace("> f 2>&1", ""))
    shell.expect(r"end\r?\n.*\$ ")
    ours, hosts = shell.before[shell.before.index("; /usr/bin/stty sane") + 20:].split("cut")
    assert flags(ours) == flags(hosts)
    shell.close()


def test_in_cowix():
    """What only Cowix has: its log, its processes."""
    result = cowix("dmesg | wc -l; dmesg -c | wc -c; dmesg | wc -c; ps aux | tail -1; dd if=/dev/zero of=/tmp/z bs=1k count=3 status=none; "
                   "stat -c '%s %U' /tmp/z; date -d @0 +%F; ls -l /bin/su /bin/reset /bin/whoami | wc -l")
    lines = result.out.decode().split("\n")
    assert int(lines[0]) > 3 and int(lines[1]) > 100 and lines[2] == "0"
    assert re.match(r"root +\d+ .* tail$|root +\d+ .* ps$", lines[3]) and lines[4:7] == ["3072 root", "1970-01-01", "3"], lines
