"""awk against the host's, line by line (tests/tools/awk), and its numbers
against C's."""
import random
import subprocess

import pytest

import test_tools
from test_tools import BIN, cases

folder, programs = test_tools.folder, test_tools.programs


@pytest.mark.parametrize("command", cases("awk"))
def test_awk(command, folder, programs):
    test_tools.test_script(command, folder, programs)


def test_awk_numbers():
    """Reads and prints numbers of all sizes, rounded as C does."""
    generator = random.Random(1)
    numbers = [5e-324, 2.2250738585072014e-308, 1.7976931348623157e308]
    numbers += [
        generator.choice((1, -1))
        * generator.random()
        * 10.0 ** generator.randint(-320, 307)
        for _ in range(500)
    ]
    numbers += [generator.randint(0, 10**6) / 1000 for _ in range(500)]
    numbers += [generator.randint(0, 2**70) * 0.5 for _ in range(200)]
    forms = ["%.17g", "%e", "%.0f", "%.2f", "%g", "%.1e", "%.3g"]
    program = '{ printf "' + " ".join(forms) + '\\n"' + ", $1" * 7 + " }"
    # as many digits as are needed, and more
    texts = [generator.choice(("%.17g", "%.25e")) % x for x in numbers]
    result = subprocess.run(
        [f"{BIN}/awk", program],
        input="\n".join(texts),
        capture_output=True,
        text=True,
    )
    for text, x, line in zip(texts, numbers, result.stdout.split("\n")):
        assert line == " ".join(form % x for form in forms), text
