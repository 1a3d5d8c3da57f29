"""How fast texts are read, with the processor's own instructions and with those that every x86 has (AVX2): a
process each, since both are chosen at start. Processor seconds are told beside the clock's: on a busy machine
they are the better figure."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

ORDINARY = {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}
SENTENCES_A_SECOND, ONE_SENTENCE_S, COLD_S = 100.0, 0.030, 8.0
"""Targets on two cores, with ordinary instructions."""

_READING = """
import json, time
from statistics import median
from engine.text.analyze import TextModel
from engine.text.products import measured_path

model = TextModel.load()
# Twenty-two tokens each.
texts = [
    f"The old captain quietly burned letter number {n} that she had sent him before war came to town."
    for n in range(260)
]
model.read(["Warm."])
wall, work = time.perf_counter(), time.process_time()
model.read(texts[:240])
wall, work = time.perf_counter() - wall, time.process_time() - work
singles = []
for text in texts[240:]:
    began = time.perf_counter(), time.process_time()
    model.read([text])
    singles.append((time.perf_counter() - began[0], time.process_time() - began[1]))
print(json.dumps({
    "path": measured_path()[0],
    "rate": 240 / wall,
    "work": work / 240,
    "single": median(s for s, _ in singles),
    "single_work": median(s for _, s in singles),
}))
"""


def reading(root: Path) -> None:
    """Prints a line an instruction set, and the ratio."""
    sets = {"own instructions": {}} | (
        {"AVX2": ORDINARY} if platform.machine() in ("x86_64", "AMD64") else {}
    )
    works = {}
    for name, environment in sets.items():
        known = {key: value for key, value in os.environ.items() if key not in ORDINARY}
        done = subprocess.run(
            [sys.executable, "-c", _READING],
            cwd=root,
            env=known | environment,
            capture_output=True,
            text=True,
            check=True,
        )
        found = json.loads(done.stdout)
        works[name] = found["work"]
        print(
            f"reading, {name} ({found['path']} products): {found['rate']:.0f} sentences/s "
            f"(target {SENTENCES_A_SECOND:.0f}), {found['work'] * 1000:.1f} ms of work each; one alone "
            f"{found['single'] * 1000:.1f} ms (target {ONE_SENTENCE_S * 1000:.0f}), work "
            f"{found['single_work'] * 1000:.1f} ms; {found['work'] / works['own instructions']:.1f} x own"
        )
