"""How long a novel takes with the words that decided, and whether its length shows in memory."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.reading import ORDINARY

CHARACTERS = 100_000
NOVEL_S = 180.0
"""Target on two cores, with ordinary instructions."""
_STORIES = Path("engine/train/storylines")


def chapters(root: Path, characters: int) -> str:
    """So many characters of Chinese story lines of the project's own, six to a paragraph, none twice."""
    lines = [
        row.split("\t")[8]
        for path in sorted((root / _STORIES).glob("zh-*.tsv"))
        for row in path.read_text(encoding="utf-8").splitlines()[1:]
        if row.count("\t") == 8
    ]
    text = "\n\n".join("".join(lines[at : at + 6]) for at in range(0, len(lines), 6))
    return text[:characters]


def novel(root: Path, characters: int = CHARACTERS) -> None:
    """Prints the time of `melodrama analyze` on a half and a whole, and the most memory of each."""
    environment = {k: v for k, v in os.environ.items() if k not in ORDINARY} | ORDINARY
    with tempfile.TemporaryDirectory() as folder:
        for size in (characters // 2, characters):
            path = Path(folder) / f"{size}.txt"
            path.write_text(chapters(root, size), encoding="utf-8")
            command = [sys.executable, "-c", "from tui.cli.main import entry; entry()"]
            command += ["analyze", str(path), "--json", "--quiet"]
            began = time.perf_counter()
            with (Path(folder) / "out.json").open("wb") as out:
                running = subprocess.Popen(command, cwd=root, stdout=out, env=environment)
                _, status, used = os.wait4(running.pid, 0)
                running.returncode = os.waitstatus_to_exitcode(status)
            taken = time.perf_counter() - began
            work, most = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
            print(
                f"analyze, {size:,} characters, AVX2: {taken:.0f} s (target for {CHARACTERS:,}: "
                f"{NOVEL_S:.0f}), {work:.0f} processor seconds, {most:.0f} MB at most, "
                f"exit {running.returncode}",
                flush=True,
            )
