"""Job control of the interactive shell, on a terminal of this host."""
import os
import re
import shutil
import subprocess
import time

import pexpect
import pytest

from conftest import BUILD, FLOPPY, default_signals

SH = os.path.join(BUILD, "bin", "sh")


@pytest.fixture
def sh(tmp_path):
    """Returns an interactive shell whose prompt is @."""
    child = pexpect.spawn(
        SH,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "PS1": "@ ",
            "TERM": "vt100",
        },
        cwd=str(tmp_path),
        encoding="latin-1",
        timeout=5,
        dimensions=(24, 200),
        preexec_fn=default_signals,
    )
    child.delaybeforesend = None
    child.expect("@ ")
    yield child
    child.close(force=True)


def run(sh, line):
    """Types a line. Returns what it printed up to the next prompt."""
    sh.sendline(line)
    sh.expect_exact(line + "\r\n")
    sh.expect("@ $")
    return sh.before.replace("\r\n", "\n")


def until(sh, line, text, again=""):
    """Types a line, then others until the shell has said text too. A job may
    take a while for that. Returns all that was printed."""
    said, end = run(sh, line), time.monotonic() + 10
    while text not in said and time.monotonic() < end:
        time.sleep(0.02)
        said += run(sh, again)
    assert text in said
    return said


def start(sh, line):
    """Types a line that starts a foreground job, and gives it time to start
    and have the terminal. A builtin has it already."""
    sh.sendline(line)
    sh.expect_exact(line + "\r\n")
    end = time.monotonic() + 1
    while os.tcgetpgrp(sh.child_fd) == sh.pid and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(0.15)


def test_stop_and_fg(sh):
    start(sh, "sleep 100")
    sh.send("\x1a")
    sh.expect(r"\[1\]\+ Stopped    sleep 100\r\n@ $")
    assert run(sh, "echo $?") == "148\n"
    assert run(sh, "jobs") == "[1]+ Stopped    sleep 100\n"
    start(sh, "fg")
    sh.expect_exact("sleep 100\r\n")
    sh.send("\x03")
    sh.expect("@ $")
    assert run(sh, "echo $?; jobs") == "130\n"


def test_bg_and_done(sh):
    start(sh, "sleep 2")
    sh.send("\x1a")
    sh.expect("@ $")
    assert run(sh, "bg") == "[1]+ sleep 2 &\n"
    assert run(sh, "jobs") == "[1]+ Running    sleep 2 &\n"
    assert run(sh, "wait; echo x") == "x\n[1]+ Done       sleep 2\n"
    assert run(sh, "jobs") == ""


def test_background_messages(sh):
    sh.sendline("sleep 1 &")
    sh.expect(r"\[1\] \d+\r\n@ $")
    sh.sendline("(sleep 1; exit 3) &")
    sh.expect(r"\[2\] \d+\r\n@ $")
    assert (
        run(sh, "wait")
        == "[1]- Done       sleep 1\n[2]+ Exit 3     (sleep 1; exit 3)\n"
    )


def test_pipeline_is_a_group(sh):
    start(sh, "sleep 100 | cat | cat")
    sh.send("\x1a")
    sh.expect(r"\[1\]\+ Stopped    sleep 100 \| cat \| cat\r\n@ $")
    groups = run(
        sh,
        "ps -o pgid=,comm= | grep -E 'sleep|cat' | awk '{print $1}' | "
        "sort -u | wc -l",
    )
    assert groups == "1\n"
    assert run(
        sh, "ps -o pgid= -p $$ | tr -d ' '; echo $$"
    ) == "{0}\n{0}\n".format(sh.pid)
    until(sh, "kill %1", "Terminated")
    assert run(sh, "jobs") == ""


def test_names_of_jobs(sh):
    for n in (101, 102, 103):
        run(sh, f"sleep {n} &")
    assert (
        run(sh, "jobs")
        == "[1]  Running    sleep 101 &\n[2]- Running    sleep 102 &\n"
        "[3]+ Running    sleep 103 &\n"
    )
    assert run(sh, "jobs %-") == "[2]- Running    sleep 102 &\n"
    assert run(sh, "jobs %?101") == "[1]  Running    sleep 101 &\n"
    assert "more than one" in run(sh, "kill %sleep")
    assert "no such job" in run(sh, "kill %7")
    run(sh, "kill %3")
    run(sh, "wait %3; kill %2; wait %2")
    until(sh, "kill %%", "Terminated")
    assert run(sh, "jobs") == ""


def test_signal_at_once(sh):
    """Kills a job before it has run at all."""
    for n in range(20):
        assert run(sh, "sleep 100 & kill $!; wait $!; echo $?").endswith(
            "143\n[1]+ Terminated sleep 100\n"
        )


def test_stopped_comes_before_running(sh):
    start(sh, "sleep 201")
    sh.send("\x1a")
    sh.expect("@ $")
    run(sh, "sleep 202 &")
    assert (
        run(sh, "jobs")
        == "[1]+ Stopped    sleep 201\n[2]- Running    sleep 202 &\n"
    )
    run(sh, "kill %1 %2")


def test_fg_by_name(sh):
    run(sh, "sleep 300 &")
    run(sh, "sleep 1 &")
    start(sh, "fg %2")
    sh.expect(r"sleep 1\r\n@ $")
    start(sh, "fg %sleep")
    sh.send("\x03")
    sh.expect("@ $")
    assert run(sh, "jobs") == ""


def test_wait_for_a_job(sh):
    run(sh, "(sleep 1; exit 5) &")
    assert (
        run(sh, "wait %1; echo $?") == "5\n[1]+ Exit 5     (sleep 1; exit 5)\n"
    )
    assert run(sh, "sleep 0.1 & wait; echo $?").endswith(
        "0\n[1]+ Done       sleep 0.1\n"
    )


def test_wait_can_be_interrupted(sh):
    run(sh, "sleep 100 &")
    start(sh, "wait")
    sh.send("\x03")
    sh.expect("@ $")
    assert run(sh, "jobs") == "[1]+ Running    sleep 100 &\n"
    run(sh, "kill %1")


def test_terminal_goes_to_the_foreground(sh):
    """Checks that a background reader of the terminal stops. In the foreground
    it gets what is typed."""
    assert re.fullmatch(
        r"\[1\] \d+\n\[1\]\+ Stopped    cat > got\n",
        until(sh, "cat > got &", "Stopped"),
    )
    start(sh, "fg")
    sh.sendline("hello")
    sh.send("\x04")
    sh.expect("@ $")
    assert run(sh, "cat got") == "hello\n"


def test_modes_are_restored(sh):
    """Kills a program that left the terminal in raw mode. The shell restores
    it."""
    before = run(sh, "stty -g")
    start(sh, "sh -c 'stty raw -echo; kill -9 $$'")
    sh.expect("@ $")
    assert run(sh, "stty -g") == before
    run(sh, "stty -echoctl")
    assert run(sh, "stty -a | grep -c -- -echoctl") == "1\n"


def test_modes_of_a_stopped_job(sh):
    start(
        sh,
        "sh -c 'stty -echo; kill -STOP $$; stty -a | grep -o -- -*echo\\ ; "
        "stty echo'",
    )
    sh.expect("@ $")
    assert run(sh, "stty -a | grep -o -- '-*echo '") == "echo \n"
    start(sh, "fg")
    sh.expect("-echo")
    sh.expect("@ $")


def test_children_have_default_signals(sh):
    for command in (
        "grep SigIgn /proc/self/status",
        "(grep SigIgn /proc/self/status)",
        "grep SigIgn /proc/self/status & wait",
    ):
        ignored = re.search(r"SigIgn:\t([0-9a-f]{16})", run(sh, command))
        assert (
            int(ignored[1], 16) & 0x7FFFFFFF == 0
        )  # the standard signals; what runs the tests may ignore others


def test_interrupt_ends_loops(sh):
    start(sh, "while :; do sleep 1; done")
    sh.send("\x03")
    sh.expect("@ $")
    start(sh, "while :; do :; done")
    sh.send("\x03")
    sh.expect("@ $")
    assert run(sh, "echo $?") == "130\n"
    start(sh, "for i in 1 2 3; do echo $(sleep 5); done")
    sh.send("\x03")
    sh.expect("@ $")
    assert run(sh, "echo alive") == "alive\n"


def test_stop_in_a_subshell_and_function(sh):
    start(sh, "(sleep 50; echo after)")
    sh.send("\x1a")
    sh.expect(r"\[1\]\+ Stopped    \(sleep 50; echo after\)\r\n@ $")
    until(sh, "kill %1", "Terminated")
    run(sh, "f() { sleep 60; }")
    start(sh, "f")
    sh.send("\x1a")
    sh.expect(r"Stopped    sleep 60\r\n@ $")
    run(sh, "kill %+")


def test_continued_by_another(sh):
    start(sh, "sleep 100")
    sh.send("\x1a")
    sh.expect("@ $")
    run(sh, "command kill -CONT %1")
    assert until(sh, "jobs", "Running", again="jobs").endswith(
        "[1]+ Running    sleep 100 &\n"
    )
    run(sh, "kill %1")


def test_stopped_in_a_loop_or_list(sh):
    """Checks that ^Z stops one command, and the rest of the list goes on."""
    start(sh, "sleep 50; echo next")
    sh.send("\x1a")
    sh.expect(r"Stopped    sleep 50\r\nnext\r\n@ $")
    run(sh, "kill %1")


def test_interrupt_in_the_shell_itself_ends_its_line(sh):
    start(sh, "while :; do :; done")
    sh.send("\x03")
    sh.expect(r"\^C\r\n@ $")


def test_quit_key(sh):
    start(sh, "sleep 100")
    sh.send("\x1c")
    sh.expect("Quit")
    sh.expect("@ $")
    assert run(sh, "echo $?") == "131\n"


def test_jobs_p(sh):
    run(sh, "sleep 100 &")
    assert (
        run(sh, "[ $(jobs -p) = $! ] && echo same; jobs -l | grep -c $!")
        == "same\n1\n"
    )
    until(sh, "kill $!", "Terminated")


def test_monitor_off(sh):
    """Checks that without -m a pipeline stays in the shell's group."""
    assert run(
        sh,
        "set +m; ps -o pgid= -p $$ | tr -d ' '; sh -c 'ps -o pgid= -p $$' | "
        "tr -d ' '; set -m",
    ) == "{0}\n{0}\n".format(sh.pid)
    assert "no job control" in run(sh, "set +m; fg; set -m")


def test_errors_go_back_to_the_prompt(sh):
    assert "no" in run(sh, "echo ${nothing?no}; echo never")
    assert "division" in run(sh, "{ echo $((1/0)); } > file")
    assert run(sh, "echo still on the terminal") == "still on the terminal\n"
    assert "syntax" in run(sh, "if done")
    assert "read only" in run(
        sh, "f() { local x=1; readonly r=2; r=3; }; x=0; f"
    )
    assert run(sh, "echo $x") == "0\n"


def test_exit_with_stopped_jobs(sh):
    name = f"sleep {sh.pid}.25"
    start(sh, name)
    sh.send("\x1a")
    sh.expect("@ $")
    assert run(sh, "exit") == "There are stopped jobs.\n"
    run(sh, "echo forgotten")
    assert run(sh, "exit") == "There are stopped jobs.\n"
    sh.send("exit\n")
    sh.expect(pexpect.EOF)
    end = time.monotonic() + 5
    while (
        subprocess.run(
            ["pgrep", "-f", "-x", name], capture_output=True
        ).returncode
        == 0
    ):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_set_m_in_a_script(tmp_path):
    out = pexpect.run(
        f"{SH} -c 'set -m; sleep 0 & wait; echo $(jobs); sleep 5 & kill %1; "
        "wait %1; echo $?'",
        encoding="latin-1",
        timeout=10,
    )
    assert out.endswith("143\r\n")


def test_inside_cowix(tmp_path):
    """Checks our own kernel on the serial line: stopping, continuing, the
    terminal's owner, and editing."""
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
            "-drive",
            f"if=floppy,index=0,format=raw,file={image}",
            "-boot",
            "a",
        ],
        encoding="latin-1",
        timeout=30,
    )
    child.expect("# $")
    child.send("sleep 100 | cat\n")
    time.sleep(1)
    child.send("\x1a")
    child.expect(r"\[1\]\+ Stopped    sleep 100 \| cat\s+/root # $")
    child.send("bg; jobs\n")
    child.expect(r"\[1\]\+ Running    sleep 100 \| cat &\s+/root # $")
    child.send("fg\n")
    time.sleep(1)
    child.send("\x03")
    child.expect("# $")
    child.send("cat > /tmp/got &\n")
    time.sleep(1)
    child.send("\n")
    child.expect("Stopped    cat > /tmp/got")
    time.sleep(1)
    child.send("fg\n")
    child.expect(r"fg\s+cat > /tmp/got\s")
    time.sleep(1)
    child.send("typed\n\x04")
    child.expect("# $")
    child.send("wc -l /tm\tgo\t\x01\x1b[Cc\x7f\n")
    child.expect(r"1 /tmp/got\s+/root # $")
    child.send("\x1b[A\x17/etc/tt\t\n")
    child.expect(r"\d /etc/ttys\s+/root # $")
    child.send("audit\n")
    child.expect(r"mismatches 0\s")
    child.close(force=True)
