"""What a render costs, run by hand: `python -m tests.benchmarks.world`. Each figure stands beside its target.

Synthesis of five tracks against real time, a second render of an unchanged score, a hundred small scores in
two processes against one, and the memory of a whole render. Run it on a machine that does nothing else.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLIFF = ROOT / "scores" / "cliff.score"
SMALL = 100


def tell(name: str, figure: str, target: str, reached: bool) -> None:
    print(f"{name:<52}{figure:>14}   target {target:<14}{'reached' if reached else 'missed'}", flush=True)


def render(words: Sequence[str], cache: Path) -> float:
    """Seconds of one `melodrama render`."""
    environment = {**os.environ, "MELODRAMA_CACHE": str(cache)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", "from tui.cli.main import entry; entry()", "render", *words, "--quiet"]
    began = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return time.perf_counter() - began


def synthesis() -> None:
    from engine.render.synthesis import synthesise
    from engine.render.synthesiser import choose_synthesiser
    from tests.engine.render.small_score import small_score

    score = small_score()
    first, second, kit = score.tracks
    tracks = tuple(
        replace(t, name=f"{t.name} {k}") for k, t in enumerate((first, second, first, second, kit))
    )
    five, player = replace(score, tracks=tracks), choose_synthesiser()
    synthesise(five, player, separate=False)
    began = time.perf_counter()
    synthesise(five, player, separate=False)
    speed = five.duration_s / (time.perf_counter() - began)
    tell(f"synthesis, five tracks ({player.name})", f"{speed:.0f} x real time", "25 x", speed >= 25)


def unchanged(folder: Path) -> None:
    words = [str(CLIFF), "-o", str(folder / "cliff")]
    cold = render(words, folder / "cache")
    again = render(words, folder / "cache")
    tell("cliff, MIDI and WAV, the second time unchanged", f"{again:.2f} s", "1.5 s", again <= 1.5)
    print(f"{'  the first time':<52}{cold:>12.2f} s")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    tell("  memory of its largest process", f"{peak:.2f} GB", "1.5 GB", peak <= 1.5)


def many(folder: Path) -> None:
    scores = []
    for number in range(SMALL):
        path = folder / f"small-{number:03d}.score"
        path.write_text(
            f"seed: {number}\n---\n# 1m1 Road\nShe walked {number} steps, and the road went on. {{hit}}\n",
            encoding="utf-8",
        )
        scores.append(str(path))
    one = render([*scores, "-o", str(folder / "one"), "--no-cache"], folder / "none")
    two = render([*scores, "-o", str(folder / "two"), "--no-cache", "--jobs", "2"], folder / "none")
    figure = f"{one:.0f} s / {two:.0f} s"
    tell(f"{SMALL} small scores, one process / --jobs 2", figure, "1.5 x", one / two >= 1.5)
    same = all(
        (folder / "two" / p.name).read_bytes() == p.read_bytes() for p in (folder / "one").glob("*.mid")
    )
    print(f"{'  ratio':<52}{one / two:>12.2f} x   the same MIDI: {'yes' if same else 'NO'}")


if __name__ == "__main__":
    synthesis()
    with tempfile.TemporaryDirectory() as place:
        unchanged(Path(place))
        many(Path(place))
