"""What is told to a person while music plays holds nothing up, whether it is read or not."""

import os
import subprocess
import sys

from tests.tui.cli.test_play import ROOT

PROGRAM = """
import sys, time
from tui.cli.telling import Telling
telling = Telling()
began = time.monotonic()
for number in range(5000):
    telling("a line of a hundred characters that nobody reads " * 2)
print(time.monotonic() - began, flush=True)
telling.close()
"""


def test_who_does_not_read_what_is_told_holds_nothing_up() -> None:
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, stderr=writing, text=True
    )
    os.close(writing)
    assert process.stdout is not None
    assert float(process.stdout.readline()) < 2.0
    assert process.wait(30) == 0
    os.close(reading)


def test_lines_are_told_while_libraries_are_kept_quiet() -> None:
    program = (
        "from tui.cli.telling import Telling\nfrom engine.media.complaints import without_complaints\n"
        "import os, time\n"
        "telling = Telling()\nwith without_complaints():\n    telling('ours')\n    time.sleep(0.3)\n"
        "    os.write(2, b'theirs')\ntelling.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stderr == "ours\n"
