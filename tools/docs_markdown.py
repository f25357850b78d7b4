"""What documents are made of: headings, fenced blocks, links; and what is
wrong with them."""
import os
import re

FENCE = re.compile(r"^```(.*)\n((?:(?!```).*\n)*)```$", re.M)
SESSIONS = {"sh", "cowix", "gdb", "bochs"}  # see tools/sessions
SHOWN = {"text", "c", "asm", "make", "python", "dot"}
PROMPT = re.compile(r"^(\$|#|\(gdb\)|<bochs(:\d+)?>) ", re.M)


def blocks(text):
    """Returns the names and texts of the fenced blocks."""
    return [match.groups() for match in FENCE.finditer(text)]


def prose(text):
    """Returns a document without its fenced blocks."""
    return FENCE.sub("", text)


def headings(text):
    """Returns the level and the words of each heading."""
    found = re.findall(r"^(#+) +(.+?) *$", prose(text), re.M)
    return [(len(level), words) for level, words in found]


def anchors(text):
    """Returns the names by which links find a document's headings."""
    names = set()
    for _, words in headings(text):
        words = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        names.add(words if words not in names else f"{words}-1")
    return names


def check_blocks(document, text):
    """Yields blocks of which it is not clear whether they are replayed."""
    for name, content in blocks(text):
        kind = name.split(" ")[0]
        if kind not in SESSIONS | SHOWN | {""}:
            yield f"{document}: a block is called {kind}"
        elif not kind and PROMPT.search(content):
            first = content.split("\n")[0]
            yield f"{document}: nobody replays {first}; say sh, or text"


def check_links(document, text, read):
    """Yields links to files and headings that do not exist."""
    for link in re.findall(r"\]\(([^) ]+)\)", prose(text)):
        name, _, anchor = link.partition("#")
        path = os.path.join(os.path.dirname(document), name)
        if "://" in link:
            continue
        if name and not os.path.exists(path):
            yield f"{document}: no {name}"
        elif anchor and (not name or name.endswith(".md")):
            if anchor not in anchors(read(path) if name else text):
                yield f"{document}: no heading {link}"


def check_code(document, text, lines):
    """Yields lines of C or assembly that the source does not have any more."""
    for name, content in blocks(text):
        for line in content.split("\n") if name in ("c", "asm") else []:
            if line.strip() and " ".join(line.split()) not in lines:
                yield f"{document}: the source has no line {line.strip()}"
