"""What reads foreign bytes, compiled for the host with ASan and UBSan: each
input kept in native/corpus/, once. `make fuzz-native` looks for new ones."""
import os
import platform
import shutil
import subprocess

import pytest

from conftest import TOP

TARGETS = sorted(os.listdir(f"{TOP}/tests/native/corpus"))
X86 = platform.machine() in ("x86_64", "i386", "i586", "i686")


def replay(*words, tool=f"{TOP}/tools/fuzz-native"):
    return subprocess.run(
        [tool, "-r", *words], capture_output=True, text=True, timeout=600
    )


@pytest.mark.skipif(not X86, reason="the host runs no 32-bit programs")
@pytest.mark.parametrize("target", TARGETS)
def test_corpus(target):
    done = replay(target)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{target}: 0 inputs" not in done.stdout


@pytest.mark.skipif(not X86, reason="the host runs no 32-bit programs")
def test_finds_a_planted_bug(tmp_path):
    """Without its last check a pattern is read behind its end."""
    for folder in ("tools", "tests/native", "user", "include"):
        shutil.copytree(f"{TOP}/{folder}", tmp_path / folder)
    source = tmp_path / "user/lib/regex_parse.c"
    text = source.read_text()
    assert "if (*p->at != '}' ||" in text
    source.write_text(text.replace("if (*p->at != '}'", "if (*p->at++ != '}'"))
    done = replay("regex", tool=str(tmp_path / "tools/fuzz-native"))
    assert done.returncode == 1
    assert "AddressSanitizer: heap-buffer-overflow" in done.stdout
