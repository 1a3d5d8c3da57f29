"""Benchmarks, run by hand: `python -m tests.benchmarks [SECTION…]`, of commands, language, reading,
synthesis, app, live (`live 1800`: half an hour of it), taste and novel. Each prints its figure, the target,
and the ratio to a baseline run beside it. They are no part of the pass/fail tests: a busy machine makes
any of them slow. Cold commands are whole processes, the baseline is an interpreter that does nothing; the
language's baseline is reading the same text line by line.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.benchmarks.app import app
from tests.benchmarks.live import live
from tests.benchmarks.long_script import long_script
from tests.benchmarks.novel import novel
from tests.benchmarks.reading import COLD_S, ORDINARY, reading
from tests.benchmarks.taste import taste

ROOT = Path(__file__).parents[2]
CLIFF = ROOT / "scores" / "cliff.score"


def timed(work: Callable[[], object], runs: int = 5) -> float:
    """Median seconds of `runs` runs, after one that does not count."""
    work()
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return median(times)


def process(*words: str, **more: str) -> Callable[[], object]:
    # With compiled modules, as an installed program has them.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | more
    return lambda: subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, check=False, env=environment
    )


def melodrama(*words: str, **more: str) -> Callable[[], object]:
    return process("-c", "from tui.cli.main import entry; entry()", *words, **more)


def tell(name: str, seconds: float, target: float, baseline: float) -> None:
    verdict = "reached" if seconds <= target else "missed"
    figures = f"{seconds * 1000:9.1f} ms   target {target * 1000:8.0f} ms {verdict:<8}"
    print(f"{name:<44}{figures} {seconds / baseline:7.1f} x baseline")


def cold_commands() -> None:
    nothing = timed(process("-c", "pass"))
    print(f"{'an interpreter that does nothing (baseline)':<44}{nothing * 1000:9.1f} ms")
    tell("melodrama --help", timed(melodrama("--help")), 0.15, nothing)
    tell("melodrama check scores/cliff.score", timed(melodrama("check", str(CLIFF))), 0.35, nothing)
    with tempfile.TemporaryDirectory() as folder:
        words = ("render", str(CLIFF), "-o", folder, "--quiet", "--no-cache")
        tell("melodrama render scores/cliff.score (cold)", timed(melodrama(*words), 3), COLD_S, nothing)
        tell("… with AVX2 instructions", timed(melodrama(*words, **ORDINARY), 3), COLD_S, nothing)


def language() -> None:
    from dsl.score_file import plan_source

    lines = long_script(5000)
    text = "\n".join(lines)
    baseline = timed(lambda: [line.strip() for line in text.split("\n")])
    # Parsed lines are remembered, so every run gets lines of its own.
    fresh = iter([text.replace("She walked", f"She ran {run}") for run in range(4)])
    whole = timed(lambda: plan_source(next(fresh), CLIFF), 3)
    rate = len(lines) / whole
    ratio = whole / baseline
    print(f"parse + check + plan: {rate:,.0f} lines/s (target 5,000), {ratio:,.0f} x reading the lines")
    edits = []
    document = plan_source(text, CLIFF).document
    for number in range(9):
        lines[2500] = f"He looked up once more, {number}."
        edited = "\n".join(lines)
        began = time.perf_counter()
        document = plan_source(edited, CLIFF, previous=document).document
        edits.append(time.perf_counter() - began)
    tell("one edited line in 5,000, checked again", median(edits[1:]), 0.020, baseline)


def synthesis() -> None:
    from engine.render.synthesis import synthesise
    from engine.render.synthesiser import choose_synthesiser
    from tests.engine.render.small_score import small_score

    score = small_score()
    seconds = timed(lambda: synthesise(score, choose_synthesiser(), separate=False), 3)
    speed = score.duration_s / seconds
    print(f"synthesis of {score.duration_s:.0f} s, three tracks: {speed:.0f} x real time (target 25)")


SECTIONS = {
    "commands": cold_commands,
    "language": language,
    "reading": lambda: reading(ROOT),
    "synthesis": synthesis,
    "app": app,
    "live": live,
    "taste": taste,
    "novel": lambda: novel(ROOT),
}

if __name__ == "__main__":
    words = sys.argv[1:] or list(SECTIONS)
    for place, name in enumerate(words):
        if name == "live" and words[place + 1 :] and words[place + 1].isdigit():
            live(float(words[place + 1]))
        elif not name.isdigit():
            SECTIONS[name]()
