"""Recordings to learn from and to be measured on: MIDI files through the packaged sound font, as frames.

`vgmidi` is rendered as it is and with other instruments, so that feeling is not learnt as a matter of timbre;
excerpts of the other `train` archives sound as they are written. Frames are kept in a folder, because
rendering takes longer than learning from it.
"""

import csv
import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pretty_midi

from engine.hear.frames import Frames, frames_of
from engine.hear.recording import RATE
from engine.render import fluidsynth_worker
from engine.render.soundfont import packaged_soundfont

LONGEST_S: Final = 40.0
LATER_S: Final = 20.0
"""Pieces in other dresses are taken from here on: the same bars need not be heard twice."""
EXCERPT_S: Final = 24.0
COUNTS: Final = {
    "pop909_cl": 30,
    "openscore_lieder": 20,
    "openscore_quartets": 15,
    "openscore_orchestra": 25,
    "freedoom": 30,
    "nesmdb": 30,
}
"""Excerpts from each archive whose feeling the recogniser tells."""
EVAL_CLIPS: Final = 160
"""As many are drawn from a set to measure on."""
UPPER: Final = (0, 4, 6, 10, 11, 12, 24, 40, 46, 48, 56, 61, 68, 71, 73, 75, 80, 81, 89)
LOWER: Final = (0, 4, 6, 19, 24, 42, 46, 48, 61, 70, 80, 81, 88, 89)
"""General MIDI programs that stand in for the piano's hands."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of a MIDI file from `start_s` (−1: from its middle), and how it is to sound: `dressing` 0 as
    written, else the number of a draw."""

    source: str
    path: Path
    start_s: float
    length_s: float
    """How long it is at most."""
    dressing: int = 0

    @property
    def name(self) -> str:
        """The clip's name in the cache."""
        return f"{self.source}/{self.path.stem}#{self.dressing}"


def rated_clips(data: Path, dressings: int) -> list[Clip]:
    """Every piece of `vgmidi` as a piano and `dressings` times with other instruments."""
    paths = sorted((data / "vgmidi" / "midi").glob("*.mid"))
    return [
        Clip("vgmidi", path, LATER_S if d else 0.0, LONGEST_S, d)
        for d in range(dressings + 1)
        for path in paths
    ]


def other_clips(data: Path) -> list[Clip]:
    """Excerpts from the middle of pieces of the other archives, drawn once and for all."""
    clips = []
    for source, count in COUNTS.items():
        paths = sorted(p for p in (data / source).rglob("*.mid") if "_melody" not in p.stem)
        rng = np.random.default_rng(int(hashlib.sha256(source.encode()).hexdigest()[:8], 16))
        for index in sorted(rng.permutation(len(paths))[:count].tolist()):
            clips.append(Clip(source, paths[index], -1.0, EXCERPT_S))
    return clips


def eval_clips(data: Path, name: str) -> list[tuple[Clip, Ints]]:
    """An `eval` set with (valence, arousal, quadrant), high = 1."""
    found = []
    with (data / name / "labels.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            labels = np.array([int(row[key]) for key in ("valence", "arousal", "quadrant")])
            found.append((Clip(name, data / name / "midi" / row["file"], 0.0, EXCERPT_S), labels))
    order = np.random.default_rng(1).permutation(len(found))[:EVAL_CLIPS]
    return [found[index] for index in order]


def sounding(clip: Clip) -> "pretty_midi.PrettyMIDI | None":
    """The clip's notes from time 0; None where the file cannot be read or has hardly a note."""
    try:
        midi = pretty_midi.PrettyMIDI(str(clip.path))
    except Exception:  # whatever a damaged file makes of its reader
        return None
    end = midi.get_end_time()
    middle = max(0.0, (end - clip.length_s) / 2)
    start = middle if clip.start_s < 0 else min(clip.start_s, max(0.0, end - clip.length_s))
    stop = start + clip.length_s
    made = pretty_midi.PrettyMIDI(resolution=960)
    rng = np.random.default_rng([clip.dressing, len(clip.path.stem), sum(clip.path.stem.encode())])
    for number, part in enumerate(midi.instruments):
        program = part.program
        if clip.dressing:
            program = int(rng.choice(UPPER if number == 0 else LOWER))
        copy = pretty_midi.Instrument(program, part.is_drum, part.name)
        copy.notes = [
            pretty_midi.Note(n.velocity, n.pitch, n.start - start, min(n.end, stop) - start)
            for n in part.notes
            if start <= n.start < stop and n.end > n.start
        ]
        made.instruments.append(copy)
    if sum(len(part.notes) for part in made.instruments) < 12:
        return None
    return made


def rendered_frames(midi: "pretty_midi.PrettyMIDI") -> Frames:
    """Through the packaged font and libfluidsynth, at about the level of finished music."""
    font = packaged_soundfont()
    assert font is not None
    data = io.BytesIO()
    midi.write(data)
    count = round((midi.get_end_time() + 0.5) * RATE)
    # At the rate of analysis at once: half the synthesis, and nothing to resample.
    words = [sys.executable, fluidsynth_worker.__file__, str(font), str(count), str(RATE)]
    sound = subprocess.run(words, input=data.getvalue(), capture_output=True, check=True).stdout
    samples = np.frombuffer(sound, np.float32).reshape(-1, 2).mean(axis=1)
    return frames_of(np.asarray(samples / max(float(np.abs(samples).max()), 1e-4) * 0.7, np.float32))


def kept_frames(clip: Clip, folder: Path) -> Frames | None:
    """The clip's frames, from `folder` where they were made before (empty it when `engine.hear.frames`
    changes)."""
    name = hashlib.sha256(f"{clip.name} {clip.path}".encode()).hexdigest()[:16]
    path = folder / f"{name}.npz"
    if path.is_file():
        with np.load(path, allow_pickle=False) as stored:
            return Frames(*(stored[field.name] for field in fields(Frames)))
    midi = sounding(clip)
    if midi is None:
        return None
    frames = rendered_frames(midi)
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npz")
    np.savez(part, **{field.name: getattr(frames, field.name) for field in fields(Frames)})
    part.replace(path)
    return frames


def curves(data: Path) -> dict[str, tuple[npt.NDArray[np.float64], float]]:
    """The raters' mean (valence, arousal) of each bar of `vgmidi` [bars, 2], and the seconds rated."""
    found = {}
    text = (data / "vgmidi" / "curves.json").read_text(encoding="utf-8")
    for name, curve in json.loads(text).items():
        bars = int(curve["measures"])
        raters = [(r["valence"], r["arousal"]) for r in curve["raters"] if len(r["valence"]) == bars]
        found[name] = np.array(raters).mean(axis=0).T, float(curve["duration_s"])
    return found


def all_clips(data: Path, dressings: int) -> Iterator[Clip]:
    """Clips of all sources: rated (with labels), other, and those of the evaluation set (measured on,
    never trained on)."""
    yield from rated_clips(data, dressings)
    yield from other_clips(data)
    yield from (clip for clip, _ in eval_clips(data, "emopia"))


def main(arguments: list[str] | None = None) -> None:
    """Render and measure everything, so that learning from it later takes seconds."""
    import argparse
    import time

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the unpacked archives")
    parser.add_argument("--cache", type=Path, required=True, help="where frames are kept")
    parser.add_argument("--dressings", type=int, default=1)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    for done, clip in enumerate(all_clips(options.data, options.dressings), start=1):
        try:
            kept_frames(clip, options.cache)
        except Exception as error:  # one odd file must not end an hour's work
            print(f"{clip.name}: {error}", file=sys.stderr)
        if done % 20 == 0:
            print(f"{done} clips, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
