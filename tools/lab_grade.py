"""Grading: a student's kernel with the reference's programs, tests and tools.

The tests of a lab run one after the other in a machine. If the machine dies in
one, the next machine goes on with those that are left. So a panic or a hang
costs one test, and a kernel that does not boot fails all at once.
"""
import glob
import hashlib
import os
import re
import shutil
import subprocess
import sys

from lab_tree import KERNEL, LabError, list_files

TIMED_OUT, PANIC, NO_START = 124, 125, 126  # of tools/run
NOT_BUILT = "the kernel does not build"
NOT_COPIED = ("*.img", "debian*", "self*", "linux*", "*.new", "grade")
# Behaviour and counts are graded apart: one leak must not fail all tests.
RUNNER = """\
export TEST_SECONDS=20 TEST_COUNTS=no
for number
do
	echo "lab: begin $number"
	sh /lab/$number 2>&1
	printf "\\nlab: end $number $?\\n"
	dmesg -c
	printf "\\nlab: over $number\\n"
done
"""


class Result:
    """What a test did: points, and in words what was seen."""

    def __init__(self, test, passed=False, seen="", log=""):
        self.test, self.passed, self.seen, self.log = test, passed, seen, log

    @property
    def points(self):
        return self.test["points"] if self.passed else 0


# ---- The tree that is built ----


def stamp(top, files):
    """Returns a value that changes when the reference does."""
    digest = hashlib.sha256()
    for name in files:
        at = os.stat(os.path.join(top, name))
        digest.update(f"{name} {at.st_size} {at.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def programs(lab):
    """Returns the programs of tests/guest that the lab's tests run."""
    text = "\n".join(test.get("run", "") for test in lab["test"])
    return sorted(set(re.findall(r"/tests/(\w+)", text)))


def lab_programs(work, lab):
    """Returns the programs that only this lab has."""
    return glob.glob(f"{work}/labs/{lab['name']}/*.c")


def make(work, *words):
    """Runs make. A warning is no error, as students may leave some."""
    jobs = f"-j{len(os.sched_getaffinity(0))}"
    return subprocess.run(
        ["make", "-s", jobs, "CI=", "WERROR=", *words],
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
    )


def write_overlay(work, lab):
    """Puts the test programs, and each test as a script, where make adds them
    to the image."""
    overlay = os.path.join(work, "build/overlay")
    shutil.rmtree(overlay, ignore_errors=True)
    os.makedirs(f"{overlay}/tests")
    os.makedirs(f"{overlay}/lab")
    for program in programs(lab):
        shutil.copy2(f"{work}/build/tests/{program}", f"{overlay}/tests")
    scripts = {
        str(i): test.get("run", "") for i, test in enumerate(lab["test"])
    }
    for name, text in {"run": RUNNER, **scripts}.items():
        with open(f"{overlay}/lab/{name}", "w", encoding="utf-8") as file:
            file.write(text.strip() + "\n")


def is_text(path, text):
    """Returns true if that is what the file holds."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read() == text
    except FileNotFoundError:
        return False


def copy_reference(work, reference, files):
    """Makes a fresh copy, with what is built already."""
    shutil.rmtree(work, ignore_errors=True)
    for name in files:
        place = os.path.join(work, name)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        shutil.copy2(os.path.join(reference, name), place)
    built = os.path.join(reference, "build")
    if os.path.isdir(built):
        ignored = shutil.ignore_patterns(*NOT_COPIED)
        shutil.copytree(built, f"{work}/build", ignore=ignored)


def prepare(work, reference, lab):
    """Makes a copy of the reference with all programs built, if there is none
    as new as it is. Returns the reference's files."""
    files = list_files(reference)
    now, path = stamp(reference, files) + lab["name"], f"{work}/stamp"
    if is_text(path, now):
        return files
    # not on stdout, which may be a teacher's table
    print("building what the tests need, once", file=sys.stderr, flush=True)
    copy_reference(work, reference, files)
    for program in lab_programs(work, lab):
        shutil.copy2(program, f"{work}/tests/guest")
    tests = [f"build/tests/{program}" for program in programs(lab)]
    done = make(work, "all", *tests)
    if done.returncode:
        raise LabError(f"the reference does not build:\n{done.stderr}")
    write_overlay(work, lab)
    with open(path, "w", encoding="utf-8") as file:
        file.write(now)
    return files


def same(one, other):
    try:
        with open(one, "rb") as first, open(other, "rb") as second:
            return first.read() == second.read()
    except FileNotFoundError:
        return False


def is_kernel(name):
    return name.split("/")[0] in KERNEL


def kernel_files(tree):
    """Returns the files in the kernel's folders of a tree."""
    return [
        os.path.relpath(os.path.join(folder, name), tree)
        for top in KERNEL
        for folder, _, found in os.walk(os.path.join(tree, top))
        for name in found
    ]


def plant(work, reference, files, student):
    """Takes the kernel from the student's tree, all else from the reference.
    What is the same already keeps its time, so that make leaves it alone."""
    theirs = kernel_files(student)
    if not theirs:
        raise LabError(f"{student} has no kernel in it")
    sources = {name: reference for name in files if not is_kernel(name)}
    sources.update({name: student for name in theirs})
    for name, top in sources.items():
        source, place = os.path.join(top, name), os.path.join(work, name)
        if os.path.isfile(source) and not same(source, place):
            os.makedirs(os.path.dirname(place), exist_ok=True)
            shutil.copyfile(source, place)
    for path in kernel_files(work):  # also those of the tree before
        if path not in sources:
            os.remove(os.path.join(work, path))


def build(work):
    """Builds the student's kernel and the image. The programs stay as the
    reference's headers made them. Returns what the compiler says, and whether
    the image is there."""
    kept = [
        word
        for name in os.listdir(f"{work}/build/bin")
        for word in ("-o", f"build/bin/{name}")
    ]
    done = make(work, *kept, "OVERLAY=build/overlay", "build/grade.img")
    return done.stderr.strip(), done.returncode == 0


# ---- Machines ----


def options_of(lab, number):
    """Returns the options of the machine for a test: its own, or the lab's."""
    return lab["test"][number].get("options", lab.get("options", []))


def boot(work, lab, numbers):
    """Runs tests in one machine. Returns its status, output and log."""
    done = subprocess.run(
        [
            sys.executable,
            f"{work}/tools/run",
            "-v",
            *("-t", str(lab.get("seconds", 60))),
            *("-f", f"{work}/build/grade.img"),
            *options_of(lab, numbers[0]),
            "--",
            "sh /lab/run " + " ".join(map(str, numbers)),
        ],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return (
        done.returncode,
        done.stdout.decode("latin-1").replace("\r", ""),
        done.stderr.decode("latin-1").replace("\r", ""),
    )


def last_words(log):
    """Returns the panic of a log, or its last line."""
    panic = re.search(r"^panic: .*(\n(?!panic: |cowix: ).+){0,12}", log, re.M)
    if panic:
        return panic[0]
    lines = [line for line in log.splitlines() if "tools/run" not in line]
    return "the last line of its log: " + (lines or ["(none)"])[-1]


def how_it_died(status, log):
    """Returns in words why a machine did not run its tests to their end."""
    words = {
        PANIC: "the machine stopped",
        NO_START: "it ended before the kernel said a word (triple fault?)",
        TIMED_OUT: "nothing more happened until the time was over",
    }
    text = words.get(status, f"the machine ended with status {status}")
    return f"{text}: {last_words(log)}"


def judge(test, status, output, log, boot_log):
    """Returns the result of a test that came to its end."""
    both = output + log
    lacking = [e for e in test.get("expect", []) if not re.search(e, both)]
    lacking += [e for e in test.get("log", []) if not re.search(e, boot_log)]
    wrong = re.findall(r"\baudit: (.*)$", log, re.M)
    seen = output.strip()
    if status:
        seen += f"\n(exit status {status})"
    if lacking:
        seen += "\nnot seen: " + ", ".join(lacking)
    passed = not status and not lacking
    return Result(test, passed, seen, "\n".join(wrong[:4]))


def read_results(lab, numbers, status, output, log):
    """Returns the results of the tests that ended, and of the one in which the
    machine died, by number."""
    results = {}
    for number in numbers:
        test = lab["test"][number]
        part = re.search(
            rf"^lab: begin {number}\n(.*?)^lab: end {number} (\d+)\n"
            rf"(.*?)^lab: over {number}$",
            output,
            re.M | re.S,
        )
        if part:
            results[number] = judge(test, int(part[2]), part[1], part[3], log)
            continue
        began = re.search(rf"^lab: begin {number}\n(.*)", output, re.M | re.S)
        seen = (began[1].strip() + "\n" if began else "") + how_it_died(
            status, log
        )
        if not began and number == numbers[0]:
            seen = "the shell never started: " + seen
            return {n: Result(lab["test"][n], False, seen) for n in numbers}
        results[number] = Result(test, False, seen)
        break
    return results


def assemble(work, lab, test, image):
    """Makes a floppy of a lab's own boot sector, which includes the student's
    files of boot/. Returns what nasm says against it."""
    done = subprocess.run(
        [
            *("nasm", "-f", "bin", "-w-user", "-Iboot/", "-Ibuild/inc/"),
            f"-D{test['define']}",
            *("-o", image, f"labs/{lab['name']}/{test['sector']}"),
        ],
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return done.stderr
    with open(image, "ab") as file:
        file.truncate(1474560)
    return ""


def boot_sector(work, lab, test):
    """Returns the result of such a boot sector: what it says on port 0xE9."""
    image = f"{work}/build/lab.img"
    wrong = assemble(work, lab, test, image)
    if wrong:
        return Result(test, False, wrong)
    command = [
        os.environ.get("QEMU", "qemu-system-i386"),
        *("-display", "none", "-monitor", "none", "-nodefaults"),
        *("-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"),
        *("-debugcon", "stdio", "-no-reboot", "-boot", "a"),
        *("-drive", f"if=floppy,format=raw,file={image}"),
    ]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=4 * lab.get("seconds", 60),
            check=False,
        )
        said, ended = done.stdout.decode("latin-1"), True
    except subprocess.TimeoutExpired as error:
        said, ended = (error.stdout or b"").decode("latin-1"), False
    seen = said.strip() or "nothing"
    if not ended:
        seen += "\nnothing more happened until the time was over"
    right = all(re.search(e, said, re.M) for e in test["expect"])
    return Result(test, right and ended, seen)


def run_tests(work, lab):
    """Runs all tests of a lab, as many in a machine as have the same
    options. Returns their results."""
    results = {}
    while len(results) < len(lab["test"]):
        left = [n for n in range(len(lab["test"])) if n not in results]
        if "sector" in lab["test"][left[0]]:
            result = boot_sector(work, lab, lab["test"][left[0]])
            results[left[0]] = result
            continue
        options = options_of(lab, left[0])
        numbers = []
        for n in left:
            if options_of(lab, n) != options:
                break
            numbers.append(n)
        results.update(read_results(lab, numbers, *boot(work, lab, numbers)))
    return [results[n] for n in sorted(results)]


def grade(work, reference, lab, student):
    """Returns what the compiler said, and the results of a student's tree."""
    files = prepare(work, reference, lab)
    plant(work, reference, files, student)
    said, good = build(work)
    if not good:
        return said, [Result(test, False, NOT_BUILT) for test in lab["test"]]
    return said, run_tests(work, lab)
