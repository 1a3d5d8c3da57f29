"""What the example scores come to on the debug model, as hashes of MIDI bytes and of each track's notes.

A change that means to change no note leaves `frozen_midi.json` as it is; one that does change notes rewrites
it, and the commit says why:

    python -m tests.engine.frozen_midi

torch draws the debug model's weights in another order where the processor lacks AVX2; with AVX2 and with
AVX-512 the bytes are the same.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import torch

from dsl.score_file import load_plan
from engine.models import Models
from engine.music.score import Track
from engine.pipeline import compose
from engine.render.midi import midi_bytes

ROOT = Path(__file__).parents[2]
SCORES = sorted((ROOT / "scores").glob("*.score"))
FILE = Path(__file__).with_suffix(".json")


def comparable() -> bool:
    """Whether this processor draws the weights that the hashes were made with."""
    return torch.backends.cpu.get_cpu_capability() in {"AVX2", "AVX512"}


def frozen(score: Path, models: Models) -> dict[str, Any]:
    """{"midi": hash of the bytes, "tracks": {name: "N notes, hash"}} of two takes a cue."""
    plan = load_plan(score).plan
    assert plan is not None, score
    composed = compose(plan, models, takes=2).score
    return {
        "midi": _hash(midi_bytes(composed)),
        "tracks": {track.name: _notes(track) for track in composed.tracks},
    }


def _notes(track: Track) -> str:
    notes = [(round(n.start_s, 4), round(n.end_s, 4), n.pitch, n.velocity) for n in track.notes]
    return f"{len(notes)} notes, {_hash(repr(notes).encode())}"


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


if __name__ == "__main__":
    if not comparable():
        raise SystemExit("Hashes are made on a processor with AVX2.")
    debug = Models("cpu", "debug")
    found = {score.stem: frozen(score, debug) for score in SCORES}
    FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
