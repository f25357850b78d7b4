"""The labs: stubs build and say what is missing, the reference has all points,
and typical wrong answers get the hint that fits. COWIX_LABS=all (make labs)
tries all wrong answers, otherwise the first of each lab."""
import os
import re
import shutil
import subprocess
import time

import pytest

from conftest import TOP, load_tool

lab_tool, mutants = load_tool("lab"), load_tool("mutants")
tree, grader = lab_tool.lab_tree, lab_tool.lab_grade
ALL = os.environ.get("COWIX_LABS") == "all"
PLANTED = {mutant.name: mutant for mutant in mutants.MUTANTS}


def copy_kernel(target):
    """Makes a tree that a teacher could be handed in: the kernel alone."""
    shutil.rmtree(target, ignore_errors=True)
    for folder in tree.KERNEL:
        shutil.copytree(os.path.join(TOP, folder), f"{target}/{folder}")


def copy_answer(lab, target):
    """Makes a tree with the right answer: the reference and the lab's patch, if
    it adds something."""
    copy_kernel(target)
    patch = os.path.join(TOP, "labs", lab["name"], "answer.patch")
    if os.path.exists(patch):
        subprocess.run(["git", "apply", patch], cwd=target, check=True)


def plant(lab, wrong, target):
    """Makes a tree with a wrong answer: a planted bug by its name, or changes
    of the lab's own."""
    copy_answer(lab, target)
    if "mutant" in wrong:
        mutant = PLANTED[wrong["mutant"]]
    else:
        changes = [(c["file"], c["old"], c["new"]) for c in wrong["changes"]]
        mutant = mutants.tables.mutant.Mutant("", "", *changes)
    mutants.plant(target, mutant)


def name_of(wrong):
    return wrong.get("mutant") or wrong["name"]


class Bench:
    """A lab, and a place where trees are graded one after the other."""

    def __init__(self, name, folder):
        self.lab, self.folder = tree.load(name), str(folder)
        self.tree = f"{folder}/student"

    def grade(self, what):
        """Returns the compiler's words, the results and the points."""
        start = time.monotonic()
        said, results = grader.grade(
            f"{self.folder}/work", TOP, self.lab, self.tree
        )
        points = lab_tool.points(results)
        failed = [r.test["name"] for r in results if not r.passed]
        print(
            f"{self.lab['name']:18} {what:28} {points:3} of "
            f"{tree.total(self.lab)} ({time.monotonic() - start:.1f} s)"
            f"  {', '.join(failed)}"
        )
        return said, results, points


def show(results):
    """Returns for a failed assertion what the tests saw."""
    return "\n".join(
        f"{r.test['name']}: {r.passed}\n{r.seen}\n{r.log}" for r in results
    )


def check_stub(bench):
    """Returns the points of a tree in which nothing is written yet."""
    tree.start(bench.lab["name"], bench.tree)
    said, results, points = bench.grade("stub")
    assert said == "" and 3 * points < tree.total(bench.lab), said
    unsaid = bench.lab.get("unwritten", r"lab: \w+ is yours to write")
    missing = [r.seen for r in results if not r.passed]
    assert any(re.search(unsaid, seen) for seen in missing), show(results)
    assert not any("the time was over" in seen for seen in missing), missing
    shutil.rmtree(bench.tree)
    return points


def check_wrong(bench, wrong, least):
    """Grades a wrong answer: more points than nothing, fewer than all, and the
    first hint is the one that fits."""
    plant(bench.lab, wrong, bench.tree)
    _, results, points = bench.grade(name_of(wrong))
    failed = [r for r in results if not r.passed]
    names = [r.test["name"] for r in failed]
    assert least < points < tree.total(bench.lab), show(results)
    assert names[0] == wrong["fails"][0], show(failed)
    assert set(wrong["fails"]) <= set(names), show(failed)
    hint = " ".join(lab_tool.hints_for(failed[0])[0].split())
    assert re.search(wrong["hint"], hint), f"{hint}\n{show(failed)}"


@pytest.mark.parametrize("name", tree.names())
def test_lab(name, tmp_path):
    bench = Bench(name, tmp_path)
    least = check_stub(bench)
    for wrong in bench.lab["wrong"] if ALL else bench.lab["wrong"][:1]:
        check_wrong(bench, wrong, least)
    copy_answer(bench.lab, bench.tree)
    said, results, points = bench.grade("reference")
    assert said == "" and points == tree.total(bench.lab), show(results)


@pytest.mark.parametrize("name", tree.names())
def test_sheet(name):
    """Checks that the sheet and the list of labs know a lab and its points."""
    points = tree.total(tree.load(name))
    with open(f"{TOP}/labs/{name}/README.md", encoding="utf-8") as file:
        assert f" {points} points" in " ".join(file.read().split())
    with open(f"{TOP}/labs/README.md", encoding="utf-8") as file:
        assert re.search(rf"\| \[{name}\].*\| {points} \|", file.read())


def test_nothing_of_the_tree_before(tmp_path):
    """Checks that a file which only one tree has is not there for the next."""
    for name in ("one", "two"):
        (tmp_path / name / "mm").mkdir(parents=True)
        (tmp_path / name / "mm/memory.c").write_text(name)
    (tmp_path / "one/mm/more.h").touch()
    work = tmp_path / "work"
    for name in ("one", "two"):
        grader.plant(str(work), TOP, [], str(tmp_path / name))
        assert (work / "mm/memory.c").read_text() == name
        assert (work / "mm/more.h").exists() == (name == "one")


def lab(*words, **options):
    return subprocess.run(
        [f"{TOP}/tools/lab", *words],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def test_what_cannot_be(tmp_path):
    """Checks the words for a lab, a tree and a reference that are not there."""
    assert "no lab 99" in lab("start", "99", str(tmp_path / "a")).stderr
    assert "is no tree of a lab" in lab("grade", str(tmp_path)).stderr
    (tmp_path / "full").write_text("")
    assert "is not empty" in lab("start", "5", str(tmp_path)).stderr
    inside = lab("start", "5", f"{TOP}/build/lab5").stderr
    assert "lies in the reference" in inside
    note = '{"lab": "05-do-wp-page", "reference": "/nowhere"}'
    (tmp_path / tree.NOTE).write_text(note)
    assert "/nowhere, is gone" in lab("grade", str(tmp_path)).stderr
    (tmp_path / tree.NOTE).write_text("{")
    assert "is damaged" in lab("grade", str(tmp_path)).stderr


def test_student_and_teacher(tmp_path):
    """Goes a student's way: a stub, a second hint, a syntax error, the answer.
    A teacher's table has the same."""
    student = str(tmp_path / "student")
    assert "to write: do_wp_page" in lab("start", "5", student).stdout
    first, second = lab("grade", student).stdout, lab("grade", student).stdout
    assert "0 of 24 points" in first and "hint 1 of" in first
    assert "hint 2 of" not in first and "hint 2 of" in second
    assert not os.path.exists(f"{student}/labs/05-do-wp-page/lab.toml")
    with open(f"{student}/mm/memory.c", "a", encoding="utf-8") as file:
        file.write("nonsense\n")
    out = lab("grade", student).stdout
    assert "does not build" in out and "0 of 24" in out and "error:" in out
    shutil.copy(f"{TOP}/mm/memory.c", f"{student}/mm/memory.c")
    with open(f"{student}/tests/guest/cow.c", "w", encoding="utf-8") as file:
        file.write("bent\n")  # what is the reference's does not count
    assert "24 of 24 points" in lab("grade", student).stdout
    lines = lab("check", "5", student, str(tmp_path / "none")).stdout
    lines = lines.splitlines()
    assert lines[0].startswith("dir,child first,") and ",24," in lines[1]
    assert lines[2].endswith("has no kernel in it")
