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


def read(context):
    fresh = TextModel(model.scorer)
    wall, work = time.perf_counter(), time.process_time()
    fresh.read(texts[:240], context=context)
    return 240 / (time.perf_counter() - wall), (time.process_time() - work) / 240


rate, work = read(False)
rate_in_scene, work_in_scene = read(True)
edits = []
for n in range(12):
    scene = [*texts[:30], f"The old captain quietly burned {n} letters.", *texts[31:60]]
    began = time.perf_counter(), time.process_time()
    model.read(scene)
    edits.append((time.perf_counter() - began[0], time.process_time() - began[1]))
singles = []
for text in texts[240:]:
    began = time.perf_counter(), time.process_time()
    model.read([text])
    singles.append((time.perf_counter() - began[0], time.process_time() - began[1]))
print(json.dumps({
    "path": measured_path()[0],
    "rate": rate,
    "work": work,
    "rate_in_scene": rate_in_scene,
    "work_in_scene": work_in_scene,
    "edit": median(s for s, _ in edits[1:]),
    "edit_work": median(s for _, s in edits[1:]),
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
            f"by themselves (target {SENTENCES_A_SECOND:.0f}), {found['work'] * 1000:.1f} ms of work each; "
            f"{found['rate_in_scene']:.0f} in their scene, {found['work_in_scene'] * 1000:.1f} ms; after an "
            f"edit {found['edit'] * 1000:.0f} ms, work {found['edit_work'] * 1000:.0f} ms; one alone "
            f"{found['single'] * 1000:.1f} ms (target {ONE_SENTENCE_S * 1000:.0f}), work "
            f"{found['single_work'] * 1000:.1f} ms; {found['work'] / works['own instructions']:.1f} x own"
        )
