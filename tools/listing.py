"""The kernel's source as a numbered listing in the order of docs/reading.md,
and the index of its functions. For tools/book."""
import glob
import html
import os
import re
import subprocess

READING = "docs/reading.md"
CALLS = "kernel/sys_call_table.c"  # where CALL(fork) means sys_fork
FOLDERS = ("include", "boot", "lib", "kernel", "mm", "fs", "net")
SUFFIXES = (".c", ".h", ".asm", ".inc", ".ld")
LABEL = re.compile(r"([A-Za-z_]\w*):")
# What matters in a line: comments, texts, and words with what is before and
# behind them.
C_PIECES = re.compile(
    r"/\*|\*/|//.*|\"(?:\\.|[^\"\\])*\"|(?:\.|->|struct )?[A-Za-z_]\w*(?:\(\))?"
)
ASM_PIECES = re.compile(r";.*|\"[^\"]*\"|[.%]?[A-Za-z_]\w*")


class Part:
    """A heading of docs/reading.md, with the files below it."""

    def __init__(self, title):
        self.title = title
        self.anchor = "part-" + re.sub(r"\W+", "-", title.lower()).strip("-")
        self.files = []


class File:
    """A source file: its path, what is said of it, its lines."""

    def __init__(self, path, what):
        self.path = path
        self.what = what
        with open(path, encoding="utf-8") as file:
            self.lines = file.read().expandtabs(8).splitlines()
        self.is_c = path.endswith((".c", ".h"))
        self.targets = set()  # the lines that a link leads to


class Name:
    """A function, label or structure: where it is defined, and the lines of
    each file that use it. `seen_in` matches the files that can."""

    def __init__(self, name, path, line, seen_in=".*", is_struct=False):
        self.name = name
        self.path = path
        self.line = line
        self.seen_in = re.compile(seen_in)
        self.is_struct = is_struct
        self.uses = {}

    @property
    def anchor(self):
        return f"{self.path}:{self.line}"


# ---- The order ----


def list_sources():
    """Returns the paths of the kernel's source files."""
    return sorted(
        path
        for folder in FOLDERS
        for path in glob.glob(f"{folder}/**/*", recursive=True)
        if path.endswith(SUFFIXES)
    )


def expand(names, known):
    """Yields the paths that a line of the list names: the first in full,
    later ones in the folder of the one before."""
    folder = ""
    for name in re.findall(r"`([^`]+)`", names):
        path = name if "/" in name else os.path.join(folder, name)
        folder = os.path.dirname(path)
        yield from (p for p in sorted(glob.glob(path)) if p in known)


def read_items(text):
    """Yields (level, title, None) for headings of the list and (0, names,
    what is said of them) for its lines."""
    pattern = r"^(##+) (.*)$|^\* ((?:`[^`\n]+`[,\s]*)+): ((?:.*)(?:\n  .*)*)"
    for level, title, names, what in re.findall(pattern, text, re.M):
        if title:
            yield len(level), title, None
        else:
            what = re.sub(r"\[([^]]*)\]\([^)]*\)|\*\*|`", r"\1", what)
            yield 0, names, " ".join(what.split())


def read_parts():
    """Returns the parts of docs/reading.md with their files, each once. A
    file that is not listed, as a header that only one folder has, stands
    before the first one of its folder."""
    with open(READING, encoding="utf-8") as file:
        items = list(read_items(file.read()))
    left = list_sources()
    listed = {
        p
        for level, names, _ in items
        if not level
        for p in expand(names, left)
    }
    parts = []
    for level, words, what in items:
        if level:
            parts.append(Part(words))
            continue
        for path in expand(words, left):
            folder = os.path.dirname(path)
            for other in [p for p in left if os.path.dirname(p) == folder]:
                if other not in listed:
                    parts[-1].files.append(File(other, ""))
                    left.remove(other)
            parts[-1].files.append(File(path, what))
            left.remove(path)
    if left:
        raise SystemExit(f"{READING}: no place for {', '.join(left)}")
    return [part for part in parts if part.files]


# ---- The names ----


def find_c_names(paths):
    """Yields the functions and structures of C files, as ctags finds them."""
    command = [
        "ctags",
        "-f",
        "-",
        "-L",
        "-",
        "--languages=C",
        "--language-force=C",
        "--kinds-C=fs",
        "--fields=fnk",
        "-I",
        "__init,__user,NORETURN",
    ]
    try:
        result = subprocess.run(
            command,
            input="\n".join(paths),
            capture_output=True,
            text=True,
            check=True,
        )
    except FileNotFoundError:
        raise SystemExit("book: no ctags: sh tools/setup book") from None
    for tag in result.stdout.splitlines():
        name, path, *_ = tag.split("\t")
        line = int(re.search(r"\tline:(\d+)", tag)[1])
        is_static = tag.endswith("\tfile:") and path.endswith(".c")
        seen_in = re.escape(path) if is_static else ".*"
        if not name.startswith("__anon"):
            yield Name(name, path, line, seen_in, ';"\ts' in tag)


def find_labels(file):
    """Yields the labels of an assembly file, without those inside others. C
    knows only those that are global."""
    for number, line in enumerate(file.lines, 1):
        match = LABEL.match(line)
        if match:
            is_global = f"global {match[1]}" in file.lines
            yield Name(
                match[1],
                file.path,
                number,
                ".*" if is_global else r".*\.(asm|inc)",
            )


def find_names(files):
    """Returns two dictionaries: the functions, and the structures. The boot
    sector and setup have some labels of the same name: the first counts."""
    functions, structures = {}, {}
    found = list(find_c_names([f.path for f in files if f.is_c]))
    for file in files:
        if file.path.endswith((".asm", ".inc")):
            found += find_labels(file)
    for name in found:
        kind = structures if name.is_struct else functions
        kind.setdefault(name.name, name)
    return functions, structures


class Reader:
    """Goes through the words of a file, and knows what is a comment."""

    def __init__(self, file, functions):
        self.file = file
        self.functions = functions
        self.in_comment = False

    def pieces(self, line):
        """Yields (text, function or None, is it code) for a whole line."""
        pattern = C_PIECES if self.file.is_c else ASM_PIECES
        end = 0
        for match in pattern.finditer(line):
            if match.start() > end:
                yield line[end : match.start()], None, False
            end = match.end()
            yield (match[0], *self.look_up(match[0]))
        yield line[end:], None, False

    def look_up(self, text):
        code = not self.in_comment
        if text in ("/*", "*/"):
            self.in_comment = text == "/*"
        called = text.endswith("()")
        function = self.functions.get(text.removesuffix("()"))
        if self.file.path == CALLS:
            function = self.functions.get(f"sys_{text}", function)
        if function and not function.seen_in.fullmatch(self.file.path):
            function = None
        if not code and not called:
            function = None
        return function, code and function is not None


def find_uses(files, functions):
    """Notes each line in which code uses a function, apart from those that
    only declare it."""
    for file in files:
        reader = Reader(file, functions)
        declares = file.path.endswith(".h")
        for number, line in enumerate(file.lines, 1):
            for _, function, is_code in reader.pieces(line):
                if not is_code or (file.path, number) == (
                    function.path,
                    function.line,
                ):
                    continue
                if is_declaration(line, declares):
                    continue
                lines = function.uses.setdefault(file.path, [])
                if number not in lines:
                    lines.append(number)
                file.targets.add(number)


def is_declaration(line, in_header):
    """Returns true for prototypes in the first column, and for labels that an
    assembly file names to its linker."""
    if line.startswith(("extern ", "global ")):
        return True
    prototype = re.match(r"[a-z_]\w*[ *].*\(.*[,;)]$", line)
    return bool(prototype) and (in_header or line.endswith(";"))


# ---- HTML ----


def listing_html(file, functions):
    """Returns a file's lines, numbered, with links to the functions."""
    reader = Reader(file, functions)
    targets = file.targets | {
        f.line for f in functions.values() if f.path == file.path
    }
    width = len(str(len(file.lines)))
    rows = []
    for number, line in enumerate(file.lines, 1):
        mark = f' id="{file.path}:{number}"' if number in targets else ""
        rows.append(
            f"<i{mark}>{number:{width}}</i> "
            + "".join(
                piece_html(*piece, file.path, number)
                for piece in reader.pieces(line)
            )
        )
    return "<pre>" + "\n".join(row.rstrip() for row in rows) + "</pre>"


def piece_html(text, function, _, path, number):
    escaped = html.escape(text, quote=False)
    if not function:
        return escaped
    if (function.path, function.line) == (path, number):
        return f"<strong>{escaped}</strong>"
    return f'<a href="#{function.anchor}">{escaped}</a>'


def uses_html(name):
    """Returns the lines that use a function, by file."""
    return "; ".join(
        f"{path} "
        + " ".join(f'<a href="#{path}:{line}">{line}</a>' for line in lines)
        for path, lines in name.uses.items()
    )


def index_html(functions, structures):
    """Returns the index: each function once, then each structure."""
    rows = [
        '<section class="index" id="index">',
        "<h1>Index</h1>",
        "<h2>Functions</h2>",
        "<dl>",
    ]
    for name in sorted(functions.values(), key=lambda n: n.name.lower()):
        rows.append(
            f'<dt>{name.name} <a class="at" href="#{name.anchor}">'
            f"{name.anchor}</a></dt>"
        )
        rows.append(f"<dd>{uses_html(name)}</dd>")
    rows += ["</dl>", "<h2>Structures</h2>", "<dl>"]
    for name in sorted(structures.values(), key=lambda n: n.name.lower()):
        rows.append(
            f'<dt>{name.name} <a class="at" href="#{name.path}">'
            f"{name.anchor}</a></dt>"
        )
    return "\n".join(rows + ["</dl>", "</section>"])


class Listing:
    """The whole: parts, names, and their HTML."""

    def __init__(self):
        self.parts = read_parts()
        self.files = [file for part in self.parts for file in part.files]
        self.functions, self.structures = find_names(self.files)
        find_uses(self.files, self.functions)

    def html(self):
        rows = []
        for part in self.parts:
            rows.append(
                f'<h2 id="{part.anchor}">{html.escape(part.title)}' "</h2>"
            )
            for file in part.files:
                rows.append(
                    f'<section class="file" id="{file.path}">'
                    f"<h3>{file.path}</h3><p>{html.escape(file.what)}</p>"
                    f"{listing_html(file, self.functions)}</section>"
                )
        return "\n".join(rows)

    def index(self):
        return index_html(self.functions, self.structures)
