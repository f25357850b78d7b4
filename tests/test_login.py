"""Users: login on a terminal, su, passwd and id. The machine's /etc/ttys asks
for a login."""
import os
import shutil

import pexpect
import pytest

from conftest import BUILD, cowix, mkfs

# crypt("secret") and crypt("hidden"), made with openssl passwd -5
ROOT = "$5$Qx3k1nE0$D6JomuGvaUDWbsX0hqnFyFtWVNj5Z.qebNeb2uqaF01"
USER = "$5$abcdefgh$6UrvZcMYFmS0MWMDWRSnL9sn5sDyKPA6k8XnAxhDUWD"


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """Returns a floppy with two users, one of them in a second group, and a
    login on the serial line."""
    folder = tmp_path_factory.mktemp("login")
    etc = folder / "overlay" / "etc"
    etc.mkdir(parents=True)
    (folder / "overlay" / "home" / "user").mkdir(parents=True)
    (etc / "passwd").write_text(
        f"root:{ROOT}:0:0:root:/root:/bin/sh\n"
        f"user:{USER}:1000:100:a user:/home/user:/bin/sh\n"
    )
    (etc / "group").write_text("root::0:\nusers::100:\nwheel::10:root,user\n")
    (etc / "ttys").write_text("/dev/ttyS0\n")
    path = str(folder / "login.img")
    programs = sorted(
        p for p in os.listdir(f"{BUILD}/bin") if not p.endswith(".elf")
    )
    result = mkfs(path, *programs, overlay=str(folder / "overlay"))
    assert result.returncode == 0, result.stderr
    return path


@pytest.fixture
def line(image, tmp_path):
    """Returns the serial line of a machine booted to its first login
    prompt."""
    copy = str(tmp_path / "floppy.img")
    shutil.copyfile(image, copy)
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
            "-drive",
            f"if=floppy,index=0,format=raw,file={copy}",
            "-boot",
            "a",
        ],
        timeout=10,
        encoding="latin-1",
    )
    child.expect(r"cowix login: ")
    yield child
    child.close(force=True)


def answer(child, prompt, text):
    child.expect(prompt)
    child.sendline(text)


def test_login(line):
    line.sendline("user")
    answer(line, "Password: ", "wrong")
    line.expect(r"Login incorrect")
    answer(line, "login: ", "nobody-here")
    answer(line, "Password: ", "hidden")
    line.expect(r"Login incorrect")
    answer(line, "login: ", "user")
    answer(line, "Password: ", "hidden")
    answer(line, "[$#] ", "id; pwd; echo $HOME $USER")
    line.expect(r"uid=1000\(user\) gid=100\(users\)")
    line.expect(r"/home/user\s+/home/user user\s+")
    assert "hidden" not in line.before
    answer(line, "[$#] ", "echo x > /etc/passwd; ls -ld /dev/ttyS0; exit")
    line.expect(r"ermission denied")
    line.expect(r"login: ")


def test_su_and_passwd(line):
    line.sendline("user")
    answer(line, "Password: ", "hidden")
    answer(line, "[$#] ", "su -c whoami")
    answer(line, "Password: ", "wrong")
    line.expect(r"su: root: wrong password")
    answer(line, "[$#] ", "su -c 'whoami; id -u'")
    answer(line, "Password: ", "secret")
    line.expect(r"root\s+0\s+")
    answer(line, "[$#] ", "passwd")
    answer(line, "Old password: ", "wrong")
    line.expect(r"wrong password")
    answer(line, "[$#] ", "passwd")
    answer(line, "Old password: ", "hidden")
    answer(line, "New password: ", "another")
    answer(line, "Once more: ", "other")
    line.expect(r"the two differ")
    answer(line, "[$#] ", "passwd; ls -l /etc/passwd*")
    answer(line, "Old password: ", "hidden")
    answer(line, "New password: ", "another")
    answer(line, "Once more: ", "another")
    line.expect(r"-rw-r--r-- +1 root root +\d+ .* /etc/passwd\s+")
    answer(line, "[$#] ", "passwd root")
    line.expect(r"someone else's")
    answer(line, "[$#] ", "exit")
    answer(line, "login: ", "user")
    answer(line, "Password: ", "another")
    line.expect(r"[$#] ")


def test_root(line):
    line.sendline("root")
    answer(line, "Password: ", "secret")
    answer(line, "# ", "su user -c 'id -un; echo $HOME'; su - user")
    line.expect(r"user\s+/home/user\s+")
    answer(line, "[$#] ", "pwd; exit")
    line.expect(r"/home/user\s+")
    answer(
        line,
        "# ",
        "passwd -d user; grep user:: /etc/passwd; id user; groups; exit",
    )
    line.expect(r"user::1000:100")
    line.expect(
        r"uid=1000\(user\) gid=100\(users\) groups=100\(users\),10\(wheel\)\s+"
    )
    answer(line, "login: ", "user")
    line.expect(r"[$#] ")


def test_passwd_keeps_the_file(image):
    """Tries passwd on a full disk, with a caller's limit, and after an
    interrupted passwd."""
    script = """
    ln /etc/passwd /old
    dd if=/dev/zero of=/full bs=1k count=2000 2>/dev/null; echo x >>/full
    while echo x >>/full2; do :; done 2>/dev/null
    passwd -d user && echo changed
    ls /etc; cmp /etc/passwd /old && echo kept; rm /full /full2
    echo rest >/etc/passwd.new; ulimit -f 0; passwd -d user; ulimit -f
    grep user: /etc/passwd; cat /old; ls /etc; passwd -d nobody-here; echo $?
    """
    out = cowix(script, image=image).out.decode()
    full, rest = out.split("kept\n")
    assert "changed" not in full and "passwd.new" not in full
    assert f"user::1000:100:a user" in rest and f"root:{ROOT}:0:0" in rest
    assert f"user:{USER}:1000" in rest and "passwd.new" not in rest
    assert rest.endswith("1\n")


def test_root_at_once():
    """Checks that nobody needs a password on the floppy as delivered."""
    assert cowix("whoami; groups; id -u").out == b"root\nroot\n0\n"
