"""What documents of the guide, translations and labs must keep."""
import glob
import os
import re
import tomllib
from collections import Counter

from docs_markdown import SESSIONS, blocks, headings, prose

GUIDE = "docs/guide"
TRANSLATION = re.compile(r"(.*)\.[a-z]{2}-[A-Z]{2}\.md")
QUOTED = re.compile(r"`([^`]+)`")  # perhaps on two lines


def is_chapter(path):
    return re.fullmatch(r"docs/guide/\d\d-[\w-]+\.md", path)


def check_chapter(path, text):
    """Yields what a chapter of the guide lacks."""
    kinds = {name.split(" ")[0] for name, _ in blocks(text)}
    wanted = {
        "a picture in the beginning": re.search(
            r"\A# .*\n\n!\[.*\]\(pictures/.*\.svg\)", text
        ),
        "a session": SESSIONS & kinds,
        "exercises": (2, "Exercises") in headings(text),
    }
    for thing, found in wanted.items():
        if not found:
            yield f"{path}: has not {thing}"


LAB_ROW = re.compile(r"^\| \[(\d\d-[\w-]+)\].*\| *\d+ *\| *(\d+) *\|", re.M)


def check_lab_chapters(chapters, read):
    """Yields labs that the chapter in their row of labs/README.md has not."""
    if not chapters or not os.path.exists("labs/README.md"):
        return
    for lab, number in LAB_ROW.findall(read("labs/README.md")):
        start = f"{GUIDE}/{int(number):02}-"
        if not any(
            path.startswith(start) and f"labs/{lab}" in read(path)
            for path in chapters
        ):
            yield f"labs/README.md: chapter {number} has not lab {lab}"


def check_guide(documents, read):
    """Yields what is wrong with the chapters, and with the table of them."""
    chapters = [path for path in documents if is_chapter(path)]
    table = read(f"{GUIDE}/README.md") if chapters else ""
    listed = Counter(re.findall(r"^\| .*\]\(([\w.-]+\.md)\)", table, re.M))
    for path in chapters:
        count = listed[os.path.basename(path)]
        if count != 1:
            yield f"{GUIDE}/README.md: its table has {path} {count} times"
        yield from check_chapter(path, read(path))
    yield from check_lab_chapters(chapters, read)


def outline(text):
    """Returns what a translation leaves as it is."""
    names = [" ".join(q.split()) for q in QUOTED.findall(prose(text))]
    return {
        "levels of headings": [level for level, _ in headings(text)],
        "fenced blocks": blocks(text),
        "names in back quotes": Counter(names),
        "figures in tables": re.findall(r"\| *([\d,.]+) *(?=\|)", text),
        "pictures": re.findall(r"!\[.*?\]\((.*?)\)", text),
    }


def difference(old, new):
    """Returns in words how a list or counter differs from another."""
    if isinstance(old, Counter):
        less, more = (dict(x) for x in (old - new, new - old))
        return f"without {less}, but with {more}"
    return f"{len(new)}, {len(old)} there"


def check_translations(documents, read):
    """Yields how a translation differs from its original."""
    for path in documents:
        match = TRANSLATION.fullmatch(path)
        if not match:
            continue
        original = f"{match[1]}.md"
        if original not in documents:
            yield f"{path}: no {original}"
            continue
        old, new = outline(read(original)), outline(read(path))
        for what in old:
            if old[what] != new[what]:
                how = difference(old[what], new[what])
                yield f"{path}: not the {what} of {original}: {how}"


def check_labs(documents, read, words):
    """Yields labs that documents name and that do not exist, if there are
    labs; and functions that a lab takes out and that its file has not."""
    for path in documents if glob.glob("labs/*/") else []:
        for name in sorted(set(re.findall(r"labs/\d\d-[\w-]+", read(path)))):
            if not os.path.isdir(name):
                yield f"{path}: no {name}"
    for path in sorted(glob.glob("labs/*/lab.toml")):
        for part in tomllib.loads(read(path)).get("out", []):
            file = part["file"]
            for function in part.get("stub", []) + part.get("gone", []):
                if function not in words.get(file, ()):
                    yield f"{path}: no {function} in {file}"
