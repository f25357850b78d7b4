"""Sessions of a person, typed on the console or the serial line, and the shell
against the host's."""
import os
import shutil
import subprocess

import pexpect
import pytest

from conftest import FLOPPY, TOP, cowix, fsck


def test_console(machine):
    machine.wait_for("\n/root #")
    machine.type("echo Hello $((6*7)) | tr a-z A-Z\n")
    machine.wait_for("HELLO 42")
    machine.type("cat > /root/typed\nfirst lime")
    machine.key("backspace")
    machine.key("backspace")
    machine.type("ne\n")
    machine.key("ctrl-d")
    machine.type("wc -c /root/typed; sleep 100\n")
    machine.wait_for("11 /root/typed")
    machine.key("ctrl-c")
    machine.type("echo still 'h'ere\n")
    machine.wait_for("still here")
    machine.switch_off("ls /nothing; poweroff\n")
    fsck(machine.image)


def test_file_systems(machine):
    """Checks that /etc/rc mounts the file systems in memory. Their files are
    gone after the next start."""
    machine.wait_for("\n/root #")
    machine.type("mount; echo x > /tmp/x; cat /proc/$$/comm\n")
    machine.wait_for(
        "proc /proc proc ro 0 0\ntmpfs /tmp tmpfs rw 0 0\n"
        "devpts /dev/pts devpts ro 0 0\ntmpfs /dev/shm tmpfs rw 0 0\nsh\n"
    )
    machine.switch_off("poweroff\n")
    fsck(machine.image)
    assert cowix("ls /tmp", image=machine.image).out == b""


def test_audit_key(machine):
    machine.wait_for("\n/root #")
    machine.key("alt-f9")
    machine.wait_for("audit: 0 mismatches")


def test_sysrq_keys(machine):
    """Checks the keys that show what goes on while a program loops."""
    machine.wait_for("\n/root #")
    machine.type("while :; do :; done\n")
    for letter, shown in {
        "x": "t  tasks\n",
        "m": "swap: 0 KB, 0 free, 0 cached\n",
        "l": "(sh) in ",
        "t": " sysrq\n",
        "a": "audit: 0 mismatches\n",
        "v": "trace: on\n",
    }.items():
        machine.key(f"alt-sysrq-{letter}")
        machine.wait_for(shown)
    machine.key("alt-sysrq-v")
    machine.wait_for("trace: off\n")
    machine.key("ctrl-c")
    machine.type("echo o'ver'\n")
    machine.wait_for("\nover")


def test_colours(machine):
    machine.wait_for("\n/root #")
    machine.type("echo -e '\\033[2J\\033[5;10H\\033[31mred\\033[0m'\n")
    machine.wait_for("\n         red")
    with open(machine.vga, "rb") as f:
        cell = f.read()[(4 * 80 + 9) * 2 :][:2]
    assert cell == b"r\x04"


def test_prompt_and_list(machine):
    """Checks that the prompt has the folder, and a list colours."""
    machine.wait_for("\n/root #")
    machine.type("cd /dev; ls -d null; NO_COLOR=1 ls -d zero\n")
    machine.wait_for("\nnull\nzero\n/dev #")
    with open(machine.vga, "rb") as f:
        cells = f.read()
    text = cells[::2]
    assert cells[text.rindex(b"null") * 2 + 1] == 0x0E
    assert cells[text.rindex(b"zero") * 2 + 1] == 0x07


def test_serial(tmp_path):
    image = str(tmp_path / "floppy.img")
    shutil.copyfile(FLOPPY, image)
    child = pexpect.spawn(
        "qemu-system-i386",
        [
            "-M",
            "pc",
            "-m",
            "32",
            "-display",
            "none",
            "-nodefaults",
            "-no-reboot",
            "-chardev",
            "stdio,id=line,signal=off",
            "-serial",
            "chardev:line",
            "-device",
            "isa-debug-exit,iobase=0xf4,iosize=0x04",
            "-drive",
            f"if=floppy,index=0,format=raw,file={image}",
            "-boot",
            "a",
        ],
        timeout=30,
    )
    child.expect("# ")
    child.sendline("x=serial; for i in 1 2 3; do echo $x$i; done")
    child.expect(r"serial1\s+serial2\s+serial3\s+/root # ")
    child.sendline("cat | sort")
    child.send("pear\nappel\b\ble\n")
    child.sendeof()
    child.expect(r"apple\s+pear\s+/root # ")
    child.sendline("sleep 50 & ps | grep -c sleep; kill $!")
    child.expect(r"\s1\s+/root # ")
    child.send("cat\n\x03")
    child.expect("# ")
    child.sendline("halt")
    child.expect(pexpect.TIMEOUT, timeout=2)
    child.close(force=True)
    fsck(image)


def test_shell_against_the_hosts():
    """Checks that a long script prints what it prints in the host's shell."""
    script = os.path.join(TOP, "tests/shell.sh")
    expected = subprocess.run(
        ["dash", script] if shutil.which("dash") else ["sh", script],
        capture_output=True,
        cwd="/",
    )
    overlay_script = open(script).read()
    result = cowix(
        "sh /root/shell.sh 2>&1", image=make_image_with(overlay_script)
    )
    assert (
        result.out.decode()
        == expected.stdout.decode() + expected.stderr.decode()
    )


def make_image_with(script):
    from conftest import BUILD, mkfs

    overlay = os.path.join(BUILD, "overlay", "root")
    os.makedirs(overlay, exist_ok=True)
    with open(os.path.join(overlay, "shell.sh"), "w") as f:
        f.write(script)
    image = os.path.join(BUILD, "overlay.img")
    programs = sorted(
        p for p in os.listdir(f"{BUILD}/bin") if not p.endswith(".elf")
    )
    result = mkfs(image, *programs, overlay=os.path.join(BUILD, "overlay"))
    assert result.returncode == 0, result.stderr
    return image


@pytest.mark.parametrize(
    "command, expected",
    [
        ("seq 5 | sort -r | head -2 | tr '\\n' ,", "5,4,"),
        ("printf_missing; echo $?", "127\n"),
        ("grep -c root /etc/passwd", "1\n"),
        ("echo 'a b;c' | tr ' ;' '\\n\\n' | wc -l", "3\n"),
        (
            "cat /etc/rc | head -1 | hexdump -C | head -1 | tail -c 19",
            "|# What init runs|\n\n"[:-1],
        ),
        ("ls -a /mnt | tr '\\n' ' '", ". .. "),
        (
            "mkdir -p /tmp/a/b/c && ls -R /tmp/a | wc -l; rm -r /tmp/a; "
            "ls /tmp",
            "7\n",
        ),
        (
            "uname; id; pwd",
            "Cowix\nuid=0(root) gid=0(root) groups=0(root)\n/\n",
        ),
        ("date -u +%Y | wc -c; kill -l | head -1", "5\n 1 HUP\n"),
        (
            "dd if=/dev/zero bs=100 count=3 2>/dev/null | wc -c; "
            "df / | tail -1 | wc -l; sync; free | wc -l",
            "300\n1\n3\n",
        ),
        ("test 3 -gt 2 -a -d /etc && [ ! -f /etc ] && echo yes", "yes\n"),
        (
            "cd /root; ln /etc/rc rc && cp rc rc2 && mv rc2 rc3 && ls -1; "
            "rm -f rc*",
            "rc\nrc3\n",
        ),
        (
            "echo x | cat /dev/stdin; echo y >/dev/stdout; "
            "echo z | cat /dev/fd/0",
            "x\ny\nz\n",
        ),
        (
            "cut -d' ' -f1 /proc/version; mount | cut -d' ' -f2 | "
            "grep -E '^/(proc|tmp)$'",
            "Cowix\n/proc\n/tmp\n",
        ),
    ],
)
def test_utilities(command, expected):
    result = cowix(command)
    assert (
        result.out.decode() == expected
        and result.err.replace("sh: printf_missing: not found\n", "") == ""
    )
