"""The long run, for half a minute, and that it notices what is lost."""
import os
import subprocess

from conftest import TOP, load_tool


def soak(top, folder, *words):
    return subprocess.run(
        [f"{top}/tools/soak", "-n", "1", "-o", folder, *words],
        timeout=900,
        capture_output=True,
        text=True,
    )


def programs(top):
    """Builds the programs that the steps run."""
    names = load_tool("soak_steps.py").programs()
    targets = [f"build/tests/{name}" for name in names]
    subprocess.run(["make", "-s", "all", *targets], cwd=top, check=True)


def test_short_run(tmp_path):
    """Runs some steps of all kinds but the longest."""
    programs(TOP)
    kinds = "shell,build,forks,mounts,pipes,files,beside"
    result = soak(TOP, str(tmp_path), "-N", "12", "-k", kinds)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 machines, 12 steps in " in result.stdout
    assert ", 0 wrong (" in result.stdout


def test_same_seed_same_steps():
    """Checks that a seed gives the same machines, and others do not."""
    tool = load_tool("soak")

    def machines(seed):
        words = ["-S", str(seed), "-N", "20"]
        args = tool.parse(words)
        return [str(m) + m.script() for m in tool.machines(args, 3)]

    assert machines(7) == machines(7) != machines(8)
    assert len(set(machines(7))) == 3


def test_finds_what_is_lost(tmp_path):
    """Plants a bug: a task's frame is not freed. The first step that forks
    shows it, and the disk is kept."""
    tools = load_tool("mutants")
    mutant = next(m for m in tools.MUTANTS if m.name == "task_lost")
    folder = os.path.join(tmp_path, "tree")
    tools.copy_tree(folder)
    tools.plant(folder, mutant)
    programs(folder)
    kept = os.path.join(tmp_path, "disks")
    result = soak(folder, kept, "-N", "6", "-k", "forks")
    assert result.returncode == 1, result.stdout + result.stderr
    assert "WRONG in step" in result.stdout
    assert "again: tools/soak -e qemu -S 1 -F 1 -n 1" in result.stdout
    assert os.path.exists(f"{kept}/failed.img")
