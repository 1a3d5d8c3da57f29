"""VGMIDI: piano arrangements of game music with valence and arousal of every bar from about thirty raters."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import MediaError
from engine.train.music.data.midi import MidiFile, bars_of, read_midi
from engine.train.music.data.piece import KEYBOARD, UPPER, RawBar, RawPiece, Skipped

TEACHES = ("piano", "musicbox", "chiptune", "epic", "ambient")
"""Styles that its pieces may teach; which of their phrases do says `engine.train.music.style_labels`."""


def pieces(root: Path) -> Iterator[RawPiece | Skipped]:
    """Every arrangement of `root`/vgmidi."""
    folder = root / "vgmidi"
    curves = json.loads((folder / "curves.json").read_text(encoding="utf-8"))
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as table:
        groups = {row["file"]: row["song_group"] for row in csv.DictReader(table)}
    for path in sorted((folder / "midi").glob("*.mid")):
        name = f"vgmidi/{path.stem}"
        try:
            file = read_midi(path)
        except MediaError as error:
            yield Skipped(name, "vgmidi", str(error).split(": ", 1)[-1])
            continue
        yield _piece(name, groups.get(path.name, path.stem), file, curves.get(path.name))


def _piece(name: str, group: str, file: MidiFile, curve: dict[str, Any] | None) -> RawPiece:
    rows = []
    pitched = [track for track in file.tracks if not track.is_drum]
    hands = len(pitched) == 2 and pitched[0].notes[:, 2].mean() > pitched[1].notes[:, 2].mean()
    for part, track in enumerate(pitched):
        # Two named hands are still one keyboard: the tune may pass to the left.
        role = KEYBOARD if not hands or part == 0 else UPPER
        rows.append(np.column_stack([track.notes, np.full((len(track.notes), 2), (role, part))]))
    notes = np.concatenate(rows) if rows else np.zeros((0, 6))
    if len(notes) and len(np.unique(notes[:, 3])) < 6:
        notes[:, 3] = 0  # one or a few fixed velocities say nothing
    listed = bars_of(file)
    bars = tuple(RawBar(start, meter[0] * 4 / meter[1], meter) for start, _, meter in listed)
    tempo = file.tempos[0][1] if len(file.tempos) and abs(file.tempos[0][1] - 120) > 0.5 else float("nan")
    emotion = None if curve is None else bar_emotion(curve, bars, file)
    return RawPiece(name, f"vgmidi/{group}", "vgmidi", TEACHES, notes, bars, None, tempo, emotion)


def bar_emotion(curve: dict[str, Any], bars: tuple[RawBar, ...], file: MidiFile) -> npt.NDArray[np.float64]:
    """Mean valence and arousal of all raters at the middle of each bar: [bars, 2], by time through the
    piece."""
    mean = np.stack(
        [_mean_curve([rater[axis] for rater in curve["raters"]]) for axis in ("valence", "arousal")]
    )
    beats = np.array([bar.start + bar.beats / 2 for bar in bars])
    changes = [(0.0, 120.0), *file.tempos] if not file.tempos or file.tempos[0][0] > 0 else list(file.tempos)
    at = np.array([beat for beat, _ in changes])
    pace = 60.0 / np.array([bpm for _, bpm in changes])
    clock = np.concatenate([[0.0], np.cumsum(np.diff(at) * pace[:-1])])
    row = np.searchsorted(at, beats, "right") - 1
    seconds = clock[row] + (beats - at[row]) * pace[row]
    place = seconds / max(float(curve["duration_s"]), 1.0) * mean.shape[1] - 0.5
    return np.stack([np.interp(place, np.arange(mean.shape[1]), axis) for axis in mean], axis=1)


def _mean_curve(ratings: list[list[float]]) -> npt.NDArray[np.float64]:
    """Mean over raters, bar by bar; some stopped early and count as far as they went."""
    table = np.full((len(ratings), max(map(len, ratings))), np.nan)
    for row, rating in enumerate(ratings):
        table[row, : len(rating)] = rating
    return np.asarray(np.nanmean(table, axis=0))
