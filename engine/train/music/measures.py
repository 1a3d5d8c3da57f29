"""Measures of eight-bar phrases: MuseGAN's, MusPy's and the ones that the usual measures miss (role
agreement, repetition).

Everything takes `Phrases8`: decoded bars of W phrases in a row. Sources: Dong et al. 2018 (MuseGAN), Dong et
al. 2020 (MusPy), Yang & Lerch 2020 (overlap of distance distributions).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.generate.chord_features import step_chroma
from engine.generate.grid import LINES, METER_STEPS, SPECS, line_notes, set_notes
from engine.music.descriptors import describe
from engine.music.theory import scale_mask

QUALIFIED_STEPS = 2
"""A qualified note lasts an eighth or more (MuseGAN: three of 96 steps of a bar, far below this grid's
step)."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PhraseSet:
    """W phrases of 8 bars on a row axis of B = 8 W. `tokens` [3, B, 16], `onsets`, `sounds` [2, B, 16] as in
    `grid`; `asked` bool [B, 5]: roles that were to play."""

    tokens: npt.NDArray[np.uint8]
    onsets: npt.NDArray[np.int64]
    sounds: npt.NDArray[np.int64]
    asked: npt.NDArray[np.bool_]
    chords: npt.NDArray[np.int8]
    meter: npt.NDArray[np.int64]
    minor: npt.NDArray[np.bool_]


def note_table(phrases: PhraseSet) -> npt.NDArray[np.int64]:
    """All notes int [N, 6] as `descriptors.describe` takes them (bar row, step, steps, pitch, velocity 0,
    role); notes end with their phrase."""
    steps = np.asarray(METER_STEPS)[phrases.meter]
    rows = np.repeat(np.arange(len(steps)), steps)
    columns = np.arange(len(rows)) - np.repeat(np.cumsum(steps) - steps, steps)
    borders = np.append(np.cumsum(steps)[7::8], len(rows))
    parts = []
    for index, spec in enumerate(SPECS):
        if spec.line:
            found = line_notes(phrases.tokens[LINES.index(index)][rows, columns], spec.low)
        else:
            plane = 0 if spec.name == "chords" else 1
            found = set_notes(
                phrases.onsets[plane][rows, columns],
                phrases.sounds[plane][rows, columns],
                spec.low,
                spec.pitches,
            )
        start, end, pitch = found
        end = np.minimum(end, borders[np.searchsorted(borders, start, side="right")])
        zero = np.zeros(len(start), np.int64)
        parts.append(np.stack([rows[start], columns[start], end - start, pitch, zero, zero + index], 1))
    notes = np.concatenate(parts)
    return notes[np.lexsort((notes[:, 5], notes[:, 1], notes[:, 0]))]


def descriptors_of(phrases: PhraseSet) -> npt.NDArray[np.float32]:
    """`describe` of every bar [B, 11]."""
    follows = np.arange(len(phrases.meter)) % 8 > 0
    return describe(note_table(phrases), phrases.meter, phrases.chords, phrases.minor, follows)


def agreement(phrases: PhraseSet, notes: npt.NDArray[np.int64], role: int) -> float:
    """Share of a role's onsets on a beat that belong to the chord then; beats without a chord are left out.

    The trial before asked the accompaniment's notes instead; here the tune and the bass are taken out of the
    accompaniment when roles are told apart, so that would count doublings, not agreement.
    """
    harmony = step_chroma(phrases.chords, phrases.meter)
    mine = notes[(notes[:, 5] == role) & (notes[:, 1] % 4 == 0)]
    chord = harmony[mine[:, 0], mine[:, 1]]
    known = chord.any(1)
    inside = chord[np.arange(len(mine)), mine[:, 3] % 12] > 0
    return float(inside[known].mean()) if known.any() else float("nan")


def repeated(phrases: PhraseSet, role: int) -> float:
    """Share of a role's sounding bars that equal an earlier bar of their phrase."""
    if SPECS[role].line:
        content = phrases.tokens[LINES.index(role)].astype(np.int64)
    else:
        content = np.concatenate([phrases.onsets[role // 4], phrases.sounds[role // 4]], 1)
    content = content.reshape(-1, 8, content.shape[1])
    sounding = content.any(2)
    same = (content[:, :, None, :] == content[:, None, :, :]).all(3) & np.tri(8, 8, -1, dtype=bool)
    again = same.any(2) & sounding
    return float(again.sum() / max(1, sounding[:, 1:].sum()))


def features(phrases: PhraseSet, notes: npt.NDArray[np.int64]) -> dict[str, Floats]:
    """Per phrase [W, n] what the overlap compares, over melody, chords and bass together or the melody
    alone."""
    count = len(phrases.meter) // 8
    pitched = notes[notes[:, 5] != 4]
    phrase = pitched[:, 0] // 8
    melody = pitched[pitched[:, 5] == 0]
    of_melody = melody[:, 0] // 8
    time = melody[:, 0] * 16 + melody[:, 1]
    joined = of_melody[1:] == of_melody[:-1]
    leap = np.diff(melody[:, 3])[joined]
    gap = np.diff(time)[joined]
    mine = of_melody[1:][joined]

    def share(values: npt.NDArray[np.int64], owner: npt.NDArray[np.int64], bins: int) -> Floats:
        table = np.bincount(owner * bins + np.clip(values, 0, bins - 1), minlength=count * bins)
        table = table.reshape(count, bins).astype(float)
        result: Floats = table / np.maximum(table.sum(1, keepdims=True), 1)
        return result

    def mean(values: npt.NDArray[np.int64], owner: npt.NDArray[np.int64]) -> Floats:
        total = np.bincount(owner, values, minlength=count)
        result: Floats = (total / np.maximum(np.bincount(owner, minlength=count), 1))[:, None]
        return result

    return {
        "pitch classes": share(pitched[:, 3] % 12, phrase, 12),
        "note lengths": share(
            np.floor(np.log2(np.maximum(pitched[:, 2], 1)) * 2).astype(np.int64), phrase, 10
        ),
        "note count": np.bincount(phrase, minlength=count).astype(float)[:, None],
        "mean pitch": mean(pitched[:, 3], phrase),
        "melodic intervals": share(np.abs(leap), mine, 13),
        "mean interval": mean(np.abs(leap), mine),
        "onset gaps": share(gap, mine, 17),
        "mean onset gap": mean(gap, mine),
        "melody pitch classes": share(melody[:, 3] % 12, of_melody, 12),
    }


def overlap(real: dict[str, Floats], other: dict[str, Floats], limit: int = 400) -> float:
    """Mean over features of the overlap 0…1 between distances inside the real set and from it to the other
    set."""
    areas = []
    for name, ours in real.items():
        a, b = ours[:limit], other[name][:limit]
        inside = np.sqrt(((a[:, None] - a[None]) ** 2).sum(2))[np.triu_indices(len(a), 1)]
        across = np.sqrt(((a[:, None] - b[None]) ** 2).sum(2)).ravel()
        edges = np.linspace(0, max(np.quantile(inside, 0.995), np.quantile(across, 0.995)) + 1e-9, 41)
        p = np.histogram(np.minimum(inside, edges[-1]), edges)[0] / len(inside)
        q = np.histogram(np.minimum(across, edges[-1]), edges)[0] / len(across)
        areas.append(np.minimum(p, q).sum())
    return float(np.mean(areas))


def runs(notes: npt.NDArray[np.int64], length: int = 8) -> list[bytes]:
    """Every run of `length` melody notes of a phrase with its rhythm (pitches, onset gaps, as key-relative
    bytes)."""
    melody = notes[notes[:, 5] == 0]
    time = melody[:, 0] * 16 + melody[:, 1]
    result = []
    for first in range(len(melody) - length + 1):
        some = slice(first, first + length)
        if melody[first, 0] // 8 == melody[first + length - 1, 0] // 8:
            gaps = np.diff(time[some]).astype(np.int16)
            result.append(melody[some, 3].astype(np.int16).tobytes() + gaps.tobytes())
    return result


def measure(phrases: PhraseSet) -> dict[str, float]:
    """The measures that need no reference."""
    notes = note_table(phrases)
    pitched = notes[notes[:, 5] != 4]
    bars = len(phrases.meter)
    used = []
    for role in (0, 2, 3):
        mine = pitched[pitched[:, 5] == role]
        cells = np.unique(mine[:, 0] * 12 + mine[:, 3] % 12) // 12
        count = np.bincount(cells, minlength=bars)
        used.append(count[count > 0].mean() if (count > 0).any() else np.nan)
    sounding = np.zeros((bars, 5), bool)
    held = sounding_held(phrases)
    sounding[notes[:, 0], notes[:, 5]] = True
    sounding |= held
    asked = phrases.asked[:, :4]
    melody = notes[notes[:, 5] == 0]
    near = np.diff(melody[:, 0]) <= 1
    near &= melody[1:, 0] // 8 == melody[:-1, 0] // 8
    leaps = np.abs(np.diff(melody[:, 3]))[near]
    scales = np.stack([scale_mask("major"), scale_mask("minor")])[phrases.minor[pitched[:, 0]].astype(int)]
    return {
        "used pitch classes / bar": float(np.nanmean(used)),
        "qualified notes": float((pitched[:, 2] >= QUALIFIED_STEPS).mean()),
        "empty bars of a role": float(1 - sounding[:, :4][asked].mean()),
        "dead bars": float((~sounding[:, :4].any(1) & asked.any(1)).mean()),
        "melody on the beat in the chord": agreement(phrases, notes, 0),
        "chords on the beat in the chord": agreement(phrases, notes, 2),
        "bass on the beat in the chord": agreement(phrases, notes, 3),
        "bars repeated, melody": repeated(phrases, 0),
        "bars repeated, accompaniment": repeated(phrases, 2),
        "mean melodic leap": float(leaps.mean()) if len(leaps) else float("nan"),
        "scale consistency": float(scales[np.arange(len(pitched)), pitched[:, 3] % 12].mean()),
        "notes / bar": len(pitched) / bars,
    }


def sounding_held(phrases: PhraseSet) -> npt.NDArray[np.bool_]:
    """Roles that sound in a bar, held notes included: bool [B, 5]."""
    lines = (phrases.tokens != 0).any(2)
    sets = (phrases.sounds != 0).any(2)
    return np.stack([lines[0], lines[1], sets[0], lines[2], sets[1]], 1)


def self_similarity(phrases: PhraseSet) -> Floats:
    """How alike two bars of a phrase are by how far apart they lie: mean over phrases [7] for 1 … 7 bars.

    Bars are compared by the cosine of their onsets by role and pitch class [4 roles · 12 + 16 steps]: the
    diagonal profile of a self-similarity matrix (Foote 1999).
    """
    notes = note_table(phrases)
    pitched = notes[notes[:, 5] != 4]
    bars = np.zeros((len(phrases.meter), 4 * 12 + 16))
    np.add.at(bars, (pitched[:, 0], pitched[:, 5] * 12 + pitched[:, 3] % 12), 1.0)
    np.add.at(bars, (pitched[:, 0], 48 + pitched[:, 1]), 1.0)
    bars /= np.maximum(np.linalg.norm(bars, axis=1, keepdims=True), 1e-9)
    matrix = bars.reshape(-1, 8, bars.shape[1])
    alike = matrix @ matrix.transpose(0, 2, 1)
    return np.array([np.diagonal(alike, lag, 1, 2).mean() for lag in range(1, 8)])
