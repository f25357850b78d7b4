"""How the sessions of documents are run: one function for each kind, which
returns what every command printed.

Each command is preceded by one that prints a mark, so that the output can be
cut into pieces.
"""
import os
import re
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(TOP, "build")
SECONDS = 120  # for one emulator; the time that others take does not count
BLOCK = 1024  # of a device
RUN_SCRIPT = "sh /dev/hda 2>&1"
HANGS = 20 * SECONDS
FIRST_MARK = 700700700  # Bochs can print numbers only


def cut(output, marks):
    """Returns what stands between the marks. A piece is None if the mark before
    it is not there."""
    pieces = []
    for mark in marks:
        before, found, output = output.partition(mark)
        if pieces and pieces[-1] is not None:
            pieces[-1] = before
        pieces.append("" if found else None)
        if not found:
            output = before
    return pieces[:-1]


def text_marks(commands):
    """Returns a mark for each command, and one for the end."""
    return [f"@@ {number} @@\n" for number in range(len(commands) + 1)]


def script_of(commands):
    """Returns a shell script that prints a mark before each command."""
    marks = text_marks(commands)
    steps = zip(marks, commands + [":"])
    return "".join(f"echo '{m.strip()}'\n{command}\n" for m, command in steps)


def output_of(command, **options):
    """Runs a program to its end. Returns what it printed, errors, too."""
    options.setdefault("stdin", subprocess.DEVNULL)
    process = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=HANGS,
        cwd=TOP,
        env=dict(os.environ, LC_ALL="C", TERM="dumb"),
        **options,
    )
    return process.stdout.decode("latin-1").replace("\r", "")


def cowix(*options, command):
    """Returns the arguments of tools/run that run a command inside Cowix."""
    program = [sys.executable, os.path.join(TOP, "tools/run")]
    return [*program, "-t", str(SECONDS), *options, "--", command]


def run_sh(commands, _):
    """Runs commands on the host, in the top folder."""
    output = output_of(["sh", "-c", script_of(commands)])
    return cut(output, text_marks(commands))


def run_cowix(commands, _):
    """Runs commands inside Cowix, as a script that lies on a disk."""
    with tempfile.TemporaryDirectory(prefix="cowix-session-") as work:
        script = script_of(commands).encode("ascii")
        size = -len(script) // BLOCK * -BLOCK
        with open(f"{work}/script", "wb") as file:
            file.write(script.ljust(size, b"\n"))
        disk = f"if=ide,format=raw,file={work}/script"
        run = cowix("-i", "-q=-drive", f"-q={disk}", command=RUN_SCRIPT)
        return cut(output_of(run), text_marks(commands))


def gdb_setup(path):
    """Returns tools/gdbinit, for a machine that listens elsewhere."""
    with open(f"{TOP}/tools/gdbinit", encoding="utf-8") as file:
        text = file.read()
    return re.sub(
        "^target remote .*$", f"target remote {path}", text, flags=re.M
    )


def await_server(machine, path):
    """Waits until gdb can connect. Ends if the machine does not start."""
    while not os.path.exists(path):
        if machine.poll() is not None:
            sys.exit("sessions: the machine for gdb does not start: make all")
        time.sleep(0.05)


def run_gdb(commands, inside):
    """Runs commands in gdb, from where make debug begins. Cowix runs the shell
    command that is called inside."""
    with tempfile.TemporaryDirectory(prefix="cowix-session-") as work:
        path = f"{work}/gdb"
        server = [f"-q={w}" for w in ("-S", "-gdb")]
        server.append(f"-q=unix:{path},server=on,wait=off")
        run = cowix("-i", *server, command=inside or "true")
        with open(f"{work}/setup", "w", encoding="utf-8") as file:
            file.write("set width 0\n" + gdb_setup(path))
        gdb = ["gdb", "-q", "-nx", "-x", f"{work}/setup"]
        gdb.append(f"{BUILD}/kernel.elf")
        lines = ["set prompt"]
        for mark, command in zip(text_marks(commands), commands + ["kill"]):
            lines += [rf"echo \n{mark.strip()}\n", command]
        with subprocess.Popen(
            run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as machine:
            try:
                await_server(machine, path)
                output = output_of(
                    gdb, input="\n".join(lines + [""]).encode(), stdin=None
                )
            finally:
                machine.terminate()
        return cut(output, text_marks(commands))


def run_bochs(commands, inside):
    """Runs commands in the debugger of Bochs, from the first instruction on,
    where make bochs-debug begins."""
    marks = [FIRST_MARK + number for number in range(len(commands) + 1)]
    with tempfile.TemporaryDirectory(prefix="cowix-session-") as work:
        script = f"{work}/commands"
        with open(script, "w", encoding="ascii") as file:
            file.write(f'ldsym global "{BUILD}/kernel.sym" 0\n')
            for mark, command in zip(marks, commands + ["quit"]):
                file.write(f"calc {mark}\n{command}\n")
        options = ["-v", "-e", "bochs", "-x", script]
        options += ["-b", "port_e9_hack: enabled=0"]
        output = output_of(cowix(*options, command=inside or "true"))
    return cut(output, [f"0x{mark:x} {mark}\n" for mark in marks])


KINDS = {
    "sh": ("$ ", run_sh),
    "cowix": ("# ", run_cowix),
    "gdb": ("(gdb) ", run_gdb),
    "bochs": ("<bochs> ", run_bochs),
}
