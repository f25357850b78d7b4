"""Cowix builds Cowix: one folder of it, and the disk for that. All of it is
make self, which takes long."""
import pytest

from conftest import load_tool
from debian_disk import make


def test_short():
    """Builds a folder on Linux and on Cowix, in 16 MB: the same bytes. Linux
    reads no file of Debian's that tools/self.files lacks."""
    output = make("self", "SHORT=1", "MEMORY=16")
    assert output.count("the same bytes") == 1, output
    assert "Cowix, 16 MB: " in output, output


def test_patterns():
    """Checks that a name in the list stands for all versions."""
    tool = load_tool("self")
    general = {
        "usr/lib/gcc/i686-linux-gnu/12/cc1": "usr/lib/gcc/i686-linux-gnu/*/cc1",
        "usr/bin/python3.11": "usr/bin/python*",
        "lib/libbz2.so.1.0.4": "lib/libbz2.so.*",
        "lib/libbfd-2.40-system.so": "lib/libbfd-*-system.so",
        "bin/gcc-12": "bin/gcc-*",
        "a/_lzma.cpython-311-i386.so": "a/_lzma.cpython-*-i386.so",
    }
    for name, pattern in general.items():
        assert tool.general(name) == pattern


def test_comparison(tmp_path):
    """Checks that a byte, or a file that one has alone, is an error."""
    tool = load_tool("self")
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        (folder / "a").write_bytes(b"same")
    tool.compare(str(one), str(other))
    (other / "a").write_bytes(b"sane")
    with pytest.raises(SystemExit):
        tool.compare(str(one), str(other))
    (other / "a").write_bytes(b"same")
    (other / "b").write_bytes(b"")
    with pytest.raises(SystemExit):
        tool.compare(str(one), str(other))
