#!/usr/bin/python3
"""Pictures of documents: tools/pictures.py

Makes NAME.svg of each NAME.dot that is younger, in every folder pictures/ below
docs/. Graphviz draws them. Each remembers a sum of its description, by which
check-docs sees that one is old without drawing it again.
"""
import glob
import hashlib
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WIDEST, SMALLEST = 800, 11  # pixels: a picture, letters
FONT = "DejaVu Sans,Helvetica,sans-serif"
LOOKS = """
    graph [bgcolor=white, pad=0.15, fontname="DejaVu Sans", fontsize=12];
    node [shape=box, style=filled, fillcolor="#eef3fb", height=0.3,
        margin="0.12,0.06", fontname="DejaVu Sans", fontsize=12];
    edge [arrowsize=0.7, fontname="DejaVu Sans", fontsize=11];
"""


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def sum_of(text):
    """Returns the words by which a picture names its description."""
    return "sha256 " + hashlib.sha256(text.encode()).hexdigest()


def draw(path):
    """Returns the picture of a description, in pixels, without what depends on
    the version of Graphviz."""
    text = read(path)
    drawn = subprocess.run(
        ["dot", "-Tsvg"],
        input=text.replace("{", "{" + LOOKS, 1),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    svg = drawn.stdout[drawn.stdout.index("<svg") :]
    svg = re.sub(r"<!--.*?-->\n?", "", svg, flags=re.S)
    svg = re.sub(r'((?:width|height)="[\d.]+)pt"', r'\1px"', svg)
    svg = svg.replace('"transparent"', '"none"')
    svg = svg.replace('font-family="DejaVu Sans"', f'font-family="{FONT}"')
    name = os.path.basename(path)
    return f"<!-- make pictures: {name}, {sum_of(text)} -->\n{svg}"


def complaints(svg):
    """Yields what makes a picture hard to read."""
    width = float(re.search(r'<svg width="([\d.]+)px"', svg)[1])
    if width > WIDEST:
        yield f"is {width:.0f} pixels wide, more than {WIDEST}"
    smallest = min(map(float, re.findall(r'font-size="([\d.]+)"', svg)))
    if smallest < SMALLEST:
        yield f"has letters of {smallest:.0f} pixels, less than {SMALLEST}"


def check(path, svg_path):
    """Yields what is wrong with the picture of a description."""
    svg = read(svg_path) if os.path.exists(svg_path) else ""
    if sum_of(read(path)) not in svg:
        yield f"{svg_path}: older than {path}, type make pictures"
    else:
        yield from (f"{svg_path}: {fault}" for fault in complaints(svg))


def pairs(top):
    """Yields the paths of all descriptions, and of their pictures."""
    paths = glob.glob(f"{top}/docs/**/pictures/*.dot", recursive=True)
    for path in sorted(os.path.relpath(path, top) for path in paths):
        yield path, path[: -len("dot")] + "svg"


def main():
    os.chdir(TOP)
    wrong = []
    for path, svg_path in pairs("."):
        if list(check(path, svg_path)):
            try:
                svg = draw(path)
            except OSError:
                sys.exit("Graphviz is missing: sh tools/setup pictures")
            except subprocess.CalledProcessError:
                sys.exit(f"{path}: dot cannot draw it")
            with open(svg_path, "w", encoding="utf-8") as file:
                file.write(svg)
            print(svg_path)
        wrong += check(path, svg_path)
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
