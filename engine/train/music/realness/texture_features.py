"""What is measured of an eight-bar accompaniment (chords and bass) and of a whole texture.

Beside the figures of single lines: how thick and how high the chords lie, whether their pattern is kept, how
smoothly their voices move, what the bass does, and how the roles stand to each other.
"""

import numpy as np
import numpy.typing as npt

from engine.generate.chord_features import step_chroma
from engine.generate.grid import HOLD, LINES, SPECS, line_notes, set_notes
from engine.train.music.realness.line_features import line_features
from engine.train.music.realness.lines import BARS, STEPS, Windows

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

TOTAL = BARS * STEPS
MELODY, COUNTER, CHORDS, BASS, DRUMS = range(5)


def accompaniment_table(windows: Windows) -> tuple[list[str], Floats]:
    """Names and figures [W, F] of chords and bass alone."""
    return _table([_accompaniment(windows, number) for number in range(len(windows))])


def whole_table(windows: Windows) -> tuple[list[str], Floats]:
    """Names and figures [W, F] of all roles and of how they stand to each other."""
    rows = []
    for number in range(len(windows)):
        row = _accompaniment(windows, number)
        minor = bool(windows.phrases.minor[number * BARS])
        melody = _line(windows, number, MELODY)
        if len(melody) >= 3:
            row |= {f"melody: {name}": value for name, value in line_features(melody, minor).items()}
        counter = _line(windows, number, COUNTER)
        row["counter notes a bar"] = len(counter) / BARS
        row["drums onsets a bar"] = float(
            (windows.phrases.onsets[1, number * BARS : (number + 1) * BARS] != 0).sum() / BARS
        )
        row |= _together(windows, number, melody, counter)
        rows.append(row)
    return _table(rows)


def _table(rows: list[dict[str, float]]) -> tuple[list[str], Floats]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = np.array([[row.get(name, 0.0) for name in names] for row in rows], np.float64)
    return names, np.nan_to_num(table)


def _line(windows: Windows, number: int, role: int) -> Ints:
    tokens = windows.phrases.tokens[LINES.index(role), number * BARS : (number + 1) * BARS].reshape(-1)
    start, end, pitch = line_notes(tokens, SPECS[role].low)
    return np.stack([start, end - start, pitch], 1)


def _chord_notes(windows: Windows, number: int) -> Ints:
    here = slice(number * BARS, (number + 1) * BARS)
    onsets = windows.phrases.onsets[0, here].reshape(-1)
    sounds = windows.phrases.sounds[0, here].reshape(-1)
    start, end, pitch = set_notes(onsets, sounds, SPECS[CHORDS].low, SPECS[CHORDS].pitches)
    return np.stack([start, end - start, pitch], 1)


def _share(of: Bools) -> float:
    return float(of.mean()) if len(of) else 0.0


def _accompaniment(windows: Windows, number: int) -> dict[str, float]:
    here = slice(number * BARS, (number + 1) * BARS)
    minor = bool(windows.phrases.minor[number * BARS])
    harmony = step_chroma(windows.phrases.chords[here], windows.phrases.meter[here]).reshape(TOTAL, 12)
    chords, bass = _chord_notes(windows, number), _line(windows, number, BASS)
    row = _chords(chords, harmony)
    row |= _pattern("chords", chords)
    row |= _pattern("bass", bass)
    row |= _voices(chords)
    row |= _bass(bass, windows.phrases.chords[here], harmony, minor)
    return row


def _chords(notes: Ints, harmony: npt.NDArray[np.float32]) -> dict[str, float]:
    start, steps, pitch = notes.T
    onsets, size = np.unique(start, return_counts=True)
    place = start % STEPS
    return {
        "chord notes a bar": len(notes) / BARS,
        "chord onsets a bar": len(onsets) / BARS,
        "notes struck together": float(size.mean()) if len(size) else 0.0,
        "spread of notes struck together": float(size.std()) if len(size) else 0.0,
        "single notes": _share(size == 1),
        "chord pitch": float(pitch.mean()) if len(pitch) else 0.0,
        "chord pitch spread": float(pitch.std()) if len(pitch) else 0.0,
        "chord lowest": float(pitch.min()) if len(pitch) else 0.0,
        "chord highest": float(pitch.max()) if len(pitch) else 0.0,
        "chord duration": float(steps.mean()) if len(steps) else 0.0,
        "chord sixteenths": _share(steps == 1),
        "chord eighths": _share(steps == 2),
        "chord quarters": _share(steps == 4),
        "chord long notes": _share(steps >= 8),
        "chord different durations": float(len(np.unique(steps))),
        "chord onsets on a beat": _share(place % 4 == 0),
        "chord onsets on an offbeat eighth": _share(place % 4 == 2),
        "chord onsets on an offbeat sixteenth": _share(place % 2 == 1),
        "chord notes in the harmony": float(harmony[start, pitch % 12].mean()) if len(pitch) else 0.0,
        "chord different pitches": float(len(np.unique(pitch))),
        "chord pitch classes": float(len(np.unique(pitch % 12))),
    }


def _pattern(name: str, notes: Ints) -> dict[str, float]:
    """How much of a bar is as it was one, two and four bars before: rhythm, content, thickness."""
    counted = np.zeros(TOTAL, np.int64)
    np.add.at(counted, notes[:, 0], 1)
    onset = counted.reshape(BARS, STEPS)
    place, bar = notes[:, 0] % STEPS, notes[:, 0] // STEPS
    content = [notes[bar == b][:, [0, 1, 2]] - np.array([b * STEPS, 0, 0]) for b in range(BARS)]
    rhythm = [(row > 0).tobytes() for row in onset]
    exact = [c[np.lexsort(c.T)].tobytes() for c in content]
    figures = {
        f"{name}: different rhythms": float(len(set(rhythm))),
        f"{name}: different bars": float(len(set(exact))),
        f"{name}: silent bars": float((onset.sum(1) == 0).sum()),
        f"{name}: spread of notes a bar": float(onset.sum(1).std()),
        f"{name}: different places": float(len(np.unique(place))),
    }
    for back in (1, 2, 4):
        pairs = [(b, b - back) for b in range(back, BARS)]
        figures[f"{name}: rhythm as {back} before"] = float(
            np.mean([rhythm[a] == rhythm[b] for a, b in pairs])
        )
        figures[f"{name}: bar as {back} before"] = float(np.mean([exact[a] == exact[b] for a, b in pairs]))
        now, then = onset[back:] > 0, onset[:-back] > 0
        figures[f"{name}: onsets as {back} before"] = float((now & then).sum() / max(1, (now | then).sum()))
    return figures


def _voices(notes: Ints) -> dict[str, float]:
    """How the chords move: outer voices from one struck chord to the next, common tones."""
    top, bottom, common = [], [], []
    before: Ints | None = None
    for start in np.unique(notes[:, 0]):
        here = notes[notes[:, 0] == start, 2]
        if len(here) < 2:
            continue
        if before is not None:
            top.append(abs(int(here.max() - before.max())))
            bottom.append(abs(int(here.min() - before.min())))
            common.append(float(np.isin(here, before).mean()))
        before = here
    return {
        "top voice moves": float(np.mean(top)) if top else 0.0,
        "bottom voice moves": float(np.mean(bottom)) if bottom else 0.0,
        "common tones": float(np.mean(common)) if common else 0.0,
        "chord pairs": float(len(top)),
    }


def _bass(
    notes: Ints, chords: npt.NDArray[np.int8], harmony: npt.NDArray[np.float32], minor: bool
) -> dict[str, float]:
    figures: dict[str, float] = {"bass notes a bar": len(notes) / BARS}
    if len(notes) < 3:
        return figures
    start, steps, pitch = notes.T
    root = np.repeat(chords[..., 0].reshape(-1), 4)[start]
    leap = np.abs(np.diff(pitch))
    figures |= {
        "bass pitch": float(pitch.mean()),
        "bass range": float(np.ptp(pitch)),
        "bass duration": float(steps.mean()),
        "bass different durations": float(len(np.unique(steps))),
        "bass repeated notes": _share(leap == 0),
        "bass steps": _share((leap > 0) & (leap <= 2)),
        "bass fourths and fifths": _share((leap >= 5) & (leap <= 7)),
        "bass octaves": _share(leap == 12),
        "bass mean interval": float(leap.mean()),
        "bass on the root": _share(pitch % 12 == root),
        "bass in the harmony": float(harmony[start, pitch % 12].mean()),
        "bass on the first beat": _share(np.isin(np.arange(BARS) * STEPS, start)),
        "bass onsets on a beat": _share(start % 4 == 0),
        "bass gap after a note": _share(np.diff(start) > steps[:-1]),
        "bass pitch classes": float(len(np.unique(pitch % 12))),
    }
    return figures


def _together(windows: Windows, number: int, melody: Ints, counter: Ints) -> dict[str, float]:
    chords, bass = _chord_notes(windows, number), _line(windows, number, BASS)
    here = slice(number * BARS, (number + 1) * BARS)
    harmony = step_chroma(windows.phrases.chords[here], windows.phrases.meter[here]).reshape(TOTAL, 12)
    figures: dict[str, float] = {}
    top = np.full(TOTAL, -1)
    for start, steps, pitch in chords:
        top[start : start + steps] = np.maximum(top[start : start + steps], pitch)
    tune = np.full(TOTAL, -1)
    for start, steps, pitch in melody:
        tune[start : start + steps] = pitch
    low = np.full(TOTAL, -1)
    for start, steps, pitch in bass:
        low[start : start + steps] = pitch
    both = (tune >= 0) & (top >= 0)
    figures["melody above the chords"] = float((tune - top)[both].mean()) if both.any() else 0.0
    figures["melody under the chords"] = float((tune < top)[both].mean()) if both.any() else 0.0
    both = (tune >= 0) & (low >= 0)
    figures["melody above the bass"] = float((tune - low)[both].mean()) if both.any() else 0.0
    onsets = [np.unique(part[:, 0]) for part in (melody, chords, bass, counter)]
    for a, b, name in ((0, 1, "melody with chords"), (0, 2, "melody with bass"), (1, 2, "chords with bass")):
        union = np.union1d(onsets[a], onsets[b])
        figures[f"struck together, {name}"] = len(np.intersect1d(onsets[a], onsets[b])) / max(1, len(union))
    if len(melody):
        on_beat = melody[melody[:, 0] % 4 == 0]
        inside = harmony[on_beat[:, 0], on_beat[:, 2] % 12]
        figures["melody on the beat in the harmony"] = float(inside.mean()) if len(inside) else 0.0
        figures["melody in the harmony"] = float(harmony[melody[:, 0], melody[:, 2] % 12].mean())
    harmony_rhythm = windows.phrases.chords[here].reshape(-1, 3)
    figures["chord changes a bar"] = float((np.diff(harmony_rhythm[:, :2], axis=0) != 0).any(1).sum() / BARS)
    figures["different chords"] = float(len(np.unique(harmony_rhythm[:, :2], axis=0)))
    return figures


def sounding(windows: Windows, role: int) -> npt.NDArray[np.float64]:
    """Notes or onsets a bar of a role in each window [W]."""
    if SPECS[role].line:
        tokens = windows.phrases.tokens[LINES.index(role)].reshape(len(windows), -1)
        return np.asarray((tokens > HOLD).sum(1) / BARS)
    plane = 0 if role == CHORDS else 1
    onsets = windows.phrases.onsets[plane].reshape(len(windows), -1)
    return np.asarray((onsets != 0).sum(1) / BARS)
