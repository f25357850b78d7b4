"""Which files of the kernel may refer to which: tools/check-layers."""
import os
import subprocess

import pytest

from conftest import BUILD, TOP

CALLS = (
    "int {to}(void); int {name}(void); int {name}(void) {{ return {to}(); }}"
)


def check(build):
    return subprocess.run(
        [os.path.join(TOP, "tools/check-layers"), build],
        capture_output=True,
        text=True,
        timeout=300,
    )


def compile_kernel(build, arrows):
    """Builds an object file for each (file, the function that it calls)."""
    for file, to in arrows.items():
        path = build / (file + ".o")
        path.parent.mkdir(parents=True, exist_ok=True)
        code = CALLS.format(name=os.path.basename(file), to=to)
        subprocess.run(
            [
                "gcc",
                "-m32",
                "-ffreestanding",
                "-c",
                "-x",
                "c",
                "-o",
                path,
                "-",
            ],
            input=code,
            text=True,
            check=True,
        )


def test_the_kernel():
    result = check(BUILD)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    "arrows,complaint",
    [
        (
            {"mm/page": "inode", "fs/inode": "nothing"},
            "mm/ knows no file system",
        ),
        (
            {"kernel/blk_drv/hd": "inode", "fs/inode": "nothing"},
            "a driver knows",
        ),
        (
            {"net/bind": "dir", "fs/minix/dir": "nothing"},
            "a socket knows no file system",
        ),
        (
            {"fs/inode": "bind", "net/bind": "nothing"},
            "nobody below knows sockets",
        ),
        (
            {"fs/inode": "audit", "kernel/debug/audit": "nothing"},
            "nobody knows who only",
        ),
        ({f"kernel/f{i}": f"f{(i + 1) % 7}" for i in range(7)}, "circle of 7"),
    ],
    ids=["mm", "driver", "file system", "net", "debug", "circle"],
)
def test_it_can_fail(arrows, complaint, tmp_path):
    compile_kernel(tmp_path, arrows)
    result = check(tmp_path)
    assert result.returncode == 1 and complaint in result.stdout


def test_small_circles_pass(tmp_path):
    compile_kernel(tmp_path, {"kernel/a": "b", "kernel/b": "a"})
    assert check(tmp_path).returncode == 0
