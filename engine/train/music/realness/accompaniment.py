"""How accompaniments behave, in plain figures by collection: real ones, ours, and controls side by side.

Does the figure stay (rhythm, shape on the chord), how do the chords' voices move, does the bass walk, and
how does it stand to the melody. Means over windows of eight bars; no judge, nothing is chosen by it.
"""

import numpy as np
import numpy.typing as npt

from engine.generate.chord_features import step_chroma
from engine.generate.grid import LINES, SPECS, line_notes, set_notes
from engine.train.music.realness.lines import BARS, STEPS, Windows

Ints = npt.NDArray[np.int64]

TOTAL = BARS * STEPS
CHORDS, BASS = 2, 3


def accompaniment_figures(windows: Windows) -> dict[str, float]:
    """Means of all figures over the windows in which they are defined."""
    rows = [_figures(windows, number) for number in range(len(windows))]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {name: float(np.nanmean([row.get(name, np.nan) for row in rows])) for name in names}


def _figures(windows: Windows, number: int) -> dict[str, float]:
    here = slice(number * BARS, (number + 1) * BARS)
    p = windows.phrases
    chords = set_notes(
        p.onsets[0, here].reshape(-1), p.sounds[0, here].reshape(-1), SPECS[CHORDS].low, SPECS[CHORDS].pitches
    )
    lines = [line_notes(p.tokens[LINES.index(role), here].reshape(-1), SPECS[role].low) for role in (0, BASS)]
    slots = np.repeat(p.chords[here].reshape(-1, 3).astype(np.int64), 4, axis=0)
    inside = step_chroma(p.chords[here], p.meter[here]).reshape(TOTAL, 12) > 0
    row: dict[str, float] = {}
    if len(np.unique(chords[0])) >= 4:
        row |= _pattern("chords", chords)
        row |= _voices(chords, inside)
    if len(lines[1][0]) >= 4:
        row |= _pattern("bass", lines[1])
        row |= _bass(lines[1], slots, inside)
        row["bass onsets with the melody"] = _shared(lines[1][0], lines[0][0])
    changes = (np.diff(slots[:, :2], axis=0) != 0).any(1)
    row["chord changes a bar"] = float(changes.sum() / BARS)
    sounding = slots[:, 0] >= 0
    if sounding.any():
        row["harmony: inverted"] = float((slots[:, 2] != slots[:, 0])[sounding].mean())
        at = np.flatnonzero((np.diff(slots, axis=0) != 0).any(1)) + 1
        low = _nearest(slots[at, 2] - slots[at - 1, 2])
        if len(at):
            row["harmony: bass by step"] = float(((np.abs(low) > 0) & (np.abs(low) <= 2)).mean())
    return row


def _shared(a: Ints, b: Ints) -> float:
    return float(np.isin(np.unique(a), b).mean()) if len(a) and len(b) else float("nan")


def _nearest(interval: Ints) -> Ints:
    """Pitch class intervals as the nearest way, −5…6."""
    return np.asarray((interval + 5) % 12 - 5)


def _pattern(name: str, notes: tuple[Ints, Ints, Ints]) -> dict[str, float]:
    """How nearly a bar's rhythm is that of the bar one, two and four before; how often it changes."""
    start, _, _ = notes
    onset = np.zeros(TOTAL, np.bool_)
    onset[start] = True
    bars = onset.reshape(BARS, STEPS)
    found: dict[str, float] = {}
    for back in (1, 2, 4):
        now, then = bars[back:], bars[:-back]
        both, either = (now & then).sum(1), (now | then).sum(1)
        sounding = either > 0
        found[f"{name}: rhythm as {back} before"] = float((both == either)[sounding].mean())
        found[f"{name}: onsets as {back} before"] = float((both / np.maximum(1, either))[sounding].mean())
    same = (bars[1:] == bars[:-1]).all(1)
    found[f"{name}: new rhythms a phrase"] = float((~same).sum())
    found[f"{name}: different rhythms"] = float(len({row.tobytes() for row in bars}))
    return found


def _voices(notes: tuple[Ints, Ints, Ints], inside: npt.NDArray[np.bool_]) -> dict[str, float]:
    """How the struck chords move and what they are."""
    start, end, pitch = notes
    at, size = np.unique(start, return_counts=True)
    found = {
        "chords: onsets a bar": len(at) / BARS,
        "chords: notes a bar": len(pitch) / BARS,
        "chords: struck together": float(size.mean()),
        "chords: pitch": float(pitch.mean()),
        "chords: range": float(np.ptp(pitch)),
        "chords: steps": float((end - start).mean()),
        "chords: in the harmony": float(inside[start, pitch % 12].mean()),
    }
    moved, kept, fifths, pairs = [], [], 0, 0
    before: Ints | None = None
    for step in at:
        here = np.sort(pitch[start == step])
        if len(here) < 3:
            continue
        if before is not None and not np.array_equal(here, before):
            kept.append(float(np.isin(here, before).mean()))
            moved.append(float(np.abs(here[:, None] - before[None]).min(1).mean()))
            if len(here) == len(before):
                fifths += _parallels(before, here)
                pairs += 1
        before = here
    if moved:
        found["chords: semitones a voice"] = float(np.mean(moved))
        found["chords: common tones"] = float(np.mean(kept))
    if pairs:
        found["chords: parallel fifths a change"] = fifths / pairs
    return found


def _parallels(before: Ints, after: Ints) -> int:
    """Pairs of voices that move from a fifth to a fifth."""
    apart = (before[None] - before[:, None]) % 12 == 7
    still = (after[None] - after[:, None]) % 12 == 7
    moves = (after != before)[:, None] & (after != before)[None]
    return int(np.triu(apart & still & moves, 1).sum())


def _bass(notes: tuple[Ints, Ints, Ints], slots: Ints, inside: npt.NDArray[np.bool_]) -> dict[str, float]:
    start, _, pitch = notes
    leap = np.abs(np.diff(pitch))
    found = {
        "bass: notes a bar": len(pitch) / BARS,
        "bass: repeated": float((leap == 0).mean()),
        "bass: steps": float(((leap > 0) & (leap <= 2)).mean()),
        "bass: thirds": float(((leap == 3) | (leap == 4)).mean()),
        "bass: fourths and fifths": float(((leap >= 5) & (leap <= 7)).mean()),
        "bass: octaves": float((leap == 12).mean()),
        "bass: wider than a fifth": float((leap > 7).mean()),
        "bass: pitch classes": float(len(np.unique(pitch % 12))),
        "bass: pitch": float(pitch.mean()),
        "bass: range": float(np.ptp(pitch)),
        "bass: on the root": float((pitch % 12 == slots[start, 0]).mean()),
        "bass: on the chord's bass": float((pitch % 12 == slots[start, 2]).mean()),
        "bass: in the harmony": float(inside[start, pitch % 12].mean()),
        "bass: on the first beat": float(np.isin(np.arange(BARS) * STEPS, start).mean()),
    }
    change = np.r_[False, (np.diff(slots[:, :2], axis=0) != 0).any(1)]
    number = np.cumsum(change)
    into = np.flatnonzero(number[start[1:]] != number[start[:-1]])
    if len(into):
        step = (leap[into] > 0) & (leap[into] <= 2)
        found["bass: into a new chord by step"] = float(step.mean())
        led = ~inside[start[into], pitch[into] % 12]
        found["bass: passing tone before a new chord"] = float((step & led).mean())
    return found
