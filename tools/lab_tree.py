"""What a lab is (labs/NAME/lab.toml), and the tree in which a student works:
the reference without the functions that the lab wants written."""
import json
import os
import re
import shutil
import subprocess
import tomllib

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LABS = os.path.join(TOP, "labs")
KERNEL = ("boot", "include", "lib", "kernel", "mm", "fs", "net")
NOTE = ".lab"  # in a student's tree: the lab and its reference
# Answers, which a student's tree does not have.
ANSWERS = re.compile(r"labs/.*/lab\.toml|labs/.*\.patch|tests/mutants/.*")


class LabError(Exception):
    """Something is wrong with the arguments, the lab or its reference."""


def names():
    """Returns the names of all labs, in order."""
    return sorted(
        name
        for name in os.listdir(LABS)
        if os.path.exists(os.path.join(LABS, name, "lab.toml"))
    )


def full_name(word):
    """Returns the lab's name for a number or a part of the name."""
    found = [
        name
        for name in names()
        if word in (name, name.split("-")[0], name.partition("-")[2])
    ]
    if word.isdigit() and not found:
        found = [name for name in names() if int(name[:2]) == int(word)]
    if len(found) != 1:
        raise LabError(f"no lab {word}; tools/lab list names them")
    return found[0]


def load(name):
    """Returns the lab's description, as its lab.toml has it."""
    with open(os.path.join(LABS, name, "lab.toml"), "rb") as file:
        lab = tomllib.load(file)
    lab["name"] = name
    return lab


def total(lab):
    return sum(test["points"] for test in lab["test"])


def list_files(top):
    """Returns the files of a tree, without what is built or ignored."""
    git = ["git", "-C", top, "ls-files", "-co", "--exclude-standard"]
    if os.path.exists(os.path.join(top, ".git")):
        done = subprocess.run(git, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return [
                name
                for name in done.stdout.splitlines()
                if os.path.isfile(os.path.join(top, name))
            ]
    found = []
    for folder, folders, files in os.walk(top):
        place = os.path.relpath(folder, top)
        if place == ".":
            folders[:] = set(folders) - {"build", ".git"}
        folders[:] = [name for name in folders if name != "__pycache__"]
        found += [os.path.normpath(os.path.join(place, n)) for n in files]
    return sorted(found)


def commit(top):
    """Returns the commit of a tree, or "" if it is not under git."""
    done = subprocess.run(
        ["git", "-C", top, "describe", "--always", "--exclude", "*"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else ""


# ---- Taking functions out ----


def comment_above(lines, start):
    """Returns where the comment that ends above a line begins."""
    first = start
    if first and lines[first - 1].rstrip().endswith("*/"):
        first -= 1
        while not lines[first].lstrip().startswith("/*"):
            first -= 1
    while first and lines[first - 1].startswith(";"):
        first -= 1
    return first


def find_c(lines, name):
    """Returns where the comment, the head, the brace and what follows a C
    function are. The kernel's style has both braces in the first column."""
    head = re.compile(rf"^(?:[A-Za-z_].*[ *])?{name}\(")
    for start, line in enumerate(lines):
        if not head.match(line):
            continue
        brace = start
        while lines[brace] != "{" and not lines[brace].endswith(";"):
            brace += 1
        if lines[brace] != "{":
            continue  # only a declaration
        if line.startswith(name):
            start -= 1  # its type is on a line of its own
        end = lines.index("}", brace) + 1
        return comment_above(lines, start), start, brace, end
    raise LabError(f"no function {name}")


LABEL = re.compile(r"^([A-Za-z_]\w*):|^(section|global|extern|bits|%)")


def find_asm(lines, name):
    """Returns the same of a label: the head is its line, and the end is before
    the comment of the next."""
    try:
        start = next(
            i for i, line in enumerate(lines) if line.startswith(f"{name}:")
        )
    except StopIteration:
        raise LabError(f"no label {name}") from None
    end = start + 1
    while end < len(lines) and not LABEL.match(lines[end]):
        end += 1
    end = comment_above(lines, end)
    while not lines[end - 1].strip():
        end -= 1
    return comment_above(lines, start), start, start + 1, end


def parameters(head):
    """Returns the names of a function's parameters."""
    inside = re.sub(r"\s+", " ", head[head.index("(") + 1 : head.rindex(")")])
    inside = re.sub(r"\(\*(\w+)\)\s*\([^)]*\)", r"\1", inside)
    found = [re.search(r"(\w+)(\[\w*\])*$", p) for p in inside.split(",")]
    return [match[1] for match in found if match and match[1] != "void"]


def c_stub(head, name, body):
    """Returns the lines of a body that uses all parameters and fails."""
    text = body or f'panic("lab: {name} is yours to write");'
    unused = [f"(void){p};" for p in parameters(" ".join(head))]
    lines = ["/* Lab: write this. */", *unused, *text.strip().splitlines()]
    return ["{", *["\t" + line if line else "" for line in lines], "}"]


def asm_stub(name, body):
    """Returns the lines of an assembly function that fails. Only boot/ needs a
    body of the lab's own: there is no panic() yet."""
    if body:
        return ["; Lab: write this.", *body.strip().splitlines()]
    return [
        "; Lab: write this.",
        "extern panic",
        "push .text",
        "call panic",
        f'.text:	db "lab: {name} is yours to write", 0',
    ]


def take_out(text, out):
    """Returns a file's text without the functions that out names."""
    lines = text.split("\n")
    asm = not out["file"].endswith(".c")
    find = find_asm if asm else find_c
    bodies = out.get("bodies", {})
    for name in out.get("stub", []):
        _, start, brace, end = find(lines, name)
        if asm:
            body = asm_stub(name, bodies.get(name))
            lines[brace:end] = ["\t" + line for line in body]
        else:
            head = lines[start:brace]
            lines[brace:end] = c_stub(head, name, bodies.get(name))
    for name in out.get("gone", []):
        first, _, _, end = find(lines, name)
        while end < len(lines) and not lines[end]:
            end += 1
        del lines[first:end]
    text = "\n".join(lines)
    for old, new in out.get("replace", []):
        if text.count(old) != 1:
            raise LabError(f"{out['file']} has {old!r} {text.count(old)} times")
        text = text.replace(old, new)
    return text


def stubs(lab, top=TOP):
    """Returns what the files become of which the lab takes something out."""
    files = {}
    for out in lab.get("out", []):
        with open(os.path.join(top, out["file"]), encoding="utf-8") as file:
            files[out["file"]] = take_out(file.read(), out)
    return files


# ---- A student's tree ----


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def start(name, target):
    """Makes the tree for a lab in a new folder."""
    lab = load(name)
    if os.path.exists(target) and os.listdir(target):
        raise LabError(f"{target} is not empty")
    if os.path.realpath(target).startswith(os.path.realpath(TOP) + "/"):
        raise LabError(f"{target} lies in the reference; take a folder outside")
    changed = stubs(lab)
    for path in list_files(TOP):
        if ANSWERS.fullmatch(path):
            continue
        place = os.path.join(target, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if path in changed:
            write(place, changed[path])
        else:
            shutil.copy2(
                os.path.join(TOP, path), place, follow_symlinks=False
            )
    note = {"lab": name, "reference": TOP, "commit": commit(TOP)}
    write(os.path.join(target, NOTE), json.dumps(note, indent=1) + "\n")
    return lab


def read_note(tree):
    """Returns what is known about a student's tree: the lab, the reference, and
    how many hints each test has had."""
    try:
        with open(os.path.join(tree, NOTE), encoding="utf-8") as file:
            note = json.load(file)
        note["lab"], note["reference"]
    except FileNotFoundError:
        raise LabError(
            f"{tree} is no tree of a lab: tools/lab start NAME DIR makes one, "
            "and make grade works there"
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise LabError(f"{tree}/{NOTE} is damaged ({error!r})") from None
    return note


def write_note(tree, note):
    write(os.path.join(tree, NOTE), json.dumps(note, indent=1) + "\n")
