"""What a take is like, as a taste may judge it: some twenty measures of music as it sounds, the same for a
take, a MIDI file and, as far as they can be heard in one, a recording.

`engine.taste.traits` names them and says how they are spread; what a listener likes is `engine.taste.model`.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from dsl.plan import ROLES
from engine.match.performed import Performed
from engine.music.analysis import find_keys
from engine.music.theory import scale_mask
from engine.taste.traits import TRAITS, standard_traits

Floats = npt.NDArray[np.float64]

_MELODY, _COUNTER, _CHORDS, _BASS = (ROLES.index(role) for role in ("melody", "counter", "chords", "bass"))

_TOGETHER_S: Final = 0.05
"""Onsets nearer than this are one."""
_FRAME_S: Final = 0.1
_HARMONY_S: Final = 1.0
"""Harmony is compared over windows of this length, a step of one window apart."""
_BREATH_S: Final = 0.15
"""A gap in the melody shorter than this is articulation, no rest."""
_ROUGH: Final = np.array([0.0, 1.0, 0.7, 0.15, 0.1, 0.05, 0.9])
"""As in `engine.music.descriptors`."""


def traits_of(
    music: Performed, asked: tuple[float, float] | None = None, heard: tuple[float, float] | None = None
) -> tuple[float, ...]:
    """Standardised measures in the order of `TRAITS`, each about −3…3 with 0 for an average take; 0 also
    where a measure cannot be taken. `asked` and `heard` are valence and arousal, −1…1."""
    raw = measured_traits(music, asked, heard)
    return standard_traits([raw.get(trait.name, float("nan")) for trait in TRAITS])


def measured_traits(
    music: Performed, asked: tuple[float, float] | None = None, heard: tuple[float, float] | None = None
) -> dict[str, float]:
    """The measures by name in their own units; those that the music does not tell are missing."""
    found: dict[str, float] = {}
    if asked is not None and heard is not None:
        found["brighter_than_asked"] = heard[0] - asked[0]
        found["livelier_than_asked"] = heard[1] - asked[1]
    length = max(music.duration_s, 1.0)
    found["drums"] = float(music.is_drum.sum()) / length
    pitched = np.flatnonzero(~music.is_drum)
    if len(pitched) < 4:
        return found
    start, stop = music.start_s[pitched], music.end_s[pitched]
    pitch, velocity, role = music.pitch[pitched], music.velocity[pitched], music.role[pitched]
    if (role < 0).all():
        role = _roles(start, pitch)
    found |= _texture(start, stop, pitch, velocity, role, music.begin_s, length)
    found |= _harmony(start, stop, pitch, music.begin_s, length)
    melody = np.flatnonzero(role == _MELODY)
    if len(melody) >= 4:
        found |= _melody(start[melody], stop[melody], pitch[melody], music.begin_s, length)
        others = velocity[role != _MELODY]
        if len(others):
            found["melody_lead"] = float(velocity[melody].mean() - others.mean())
    return found


def _roles(start: Floats, pitch: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Roles of notes in a file that does not tell: of those that begin together the highest is melody, the
    lowest bass, the rest chords; a note alone is melody where it lies in the upper half."""
    role = np.full(len(pitch), _CHORDS)
    middle = float(np.median(pitch))
    group = np.cumsum(np.r_[0, np.diff(start) > _TOGETHER_S])
    for own in np.split(np.arange(len(pitch)), np.flatnonzero(np.diff(group)) + 1):
        top, low = own[pitch[own].argmax()], own[pitch[own].argmin()]
        if top != low:
            role[low] = _BASS
            role[top] = _MELODY
        else:
            role[top] = _MELODY if pitch[top] >= middle else _CHORDS
    return role


def _texture(
    start: Floats,
    stop: Floats,
    pitch: npt.NDArray[np.int64],
    velocity: Floats,
    role: npt.NDArray[np.int64],
    begin_s: float,
    length: float,
) -> dict[str, float]:
    found = {
        "activity": float((np.diff(np.sort(start)) > _TOGETHER_S).sum() + 1) / length,
        "thickness": float((stop - start).sum()) / length,
        "loudness": float(velocity.mean()),
        "counter_melody": float((role == _COUNTER).sum()) / length,
    }
    weight = np.minimum(stop - start, 4.0)
    for name, which in (("chord_register", _CHORDS), ("bass_register", _BASS)):
        own = role == which
        if own.any():
            found[name] = float(np.average(pitch[own], weights=weight[own]))
    window = ((start - begin_s) / 2.0).astype(np.int64)
    levels = [velocity[window == w].mean() for w in np.unique(window)]
    if len(levels) > 2:
        found["loudness_range"] = float(np.std(levels))
    return found


def _melody(
    start: Floats, stop: Floats, pitch: npt.NDArray[np.int64], begin_s: float, length: float
) -> dict[str, float]:
    """Of the topmost note of each onset."""
    order = np.lexsort((-pitch, start))
    start, stop, pitch = start[order], stop[order], pitch[order]
    first = np.r_[True, np.diff(start) > _TOGETHER_S]
    start, stop, pitch = start[first], stop[first], pitch[first]
    if len(pitch) < 4:
        return {}
    step, apart = np.abs(np.diff(pitch)), np.diff(start)
    near = apart < 4.0
    gaps = np.maximum(start[1:] - stop[:-1], 0.0)
    rests = gaps[gaps > _BREATH_S].sum() + max(start[0] - begin_s, 0.0)
    rests += max(begin_s + length - stop[-1], 0.0)
    found = {
        "melody_density": len(pitch) / length,
        "melody_rests": float(min(rests / length, 1.0)),
        "melody_register": float(pitch.mean()),
        "melody_range": float(pitch.std()),
        "rhythm_variety": float(
            np.mean(np.abs(np.diff(apart)) / np.maximum((apart[1:] + apart[:-1]) / 2, 1e-3))
        ),
    }
    if near.any():
        found["leaps"] = float(step[near].mean())
        found["legato"] = float(np.minimum((stop - start)[:-1] / np.maximum(apart, 1e-3), 1.5)[near].mean())
    words = list(
        zip(np.diff(pitch).tolist(), np.round(np.log2(np.maximum(apart, 0.05)) * 2).tolist(), strict=True)
    )
    grams = [tuple(words[at : at + 3]) for at in range(len(words) - 2)]
    if grams:
        found["repetition"] = 1.0 - len(set(grams)) / len(grams)
    return found


def _harmony(
    start: Floats, stop: Floats, pitch: npt.NDArray[np.int64], begin_s: float, length: float
) -> dict[str, float]:
    """Of the pitch classes that sound, tenth of a second by tenth of a second."""
    frames = max(int(np.ceil(length / _FRAME_S)), 1)
    first = np.clip(((start - begin_s) / _FRAME_S).astype(np.int64), 0, frames - 1)
    last = np.clip(np.ceil((stop - begin_s) / _FRAME_S).astype(np.int64), first + 1, frames)
    edges = np.zeros((frames + 1, 12))
    np.add.at(edges, (first, pitch % 12), 1.0)
    np.add.at(edges, (last, pitch % 12), -1.0)
    chroma = np.minimum(np.cumsum(edges, axis=0)[:-1], 1.0)
    if not chroma.any():
        return {}
    pairs = np.zeros(len(chroma))
    rough = np.zeros(len(chroma))
    for interval in range(1, 7):
        together = (chroma * np.roll(chroma, -interval, axis=1)).sum(axis=1) / (2.0 if interval == 6 else 1.0)
        pairs += together
        rough += together * _ROUGH[interval]
    sounding = pairs > 0
    found = {"dissonance": float((rough[sounding] / pairs[sounding]).mean()) if sounding.any() else 0.0}
    per = round(_HARMONY_S / _FRAME_S)
    whole = len(chroma) // per
    windows = chroma[: whole * per].reshape(whole, per, 12).sum(axis=1)
    windows = windows[windows.any(axis=1)]
    if len(windows) > 2:
        unit = windows / np.linalg.norm(windows, axis=1, keepdims=True)
        found["harmonic_motion"] = float(1.0 - (unit[1:] * unit[:-1]).sum(axis=1).mean())
    total = chroma.sum(axis=0)
    key = int(find_keys(total[None, :])[0])
    tonic, mode = key % 12, "major" if key < 12 else "minor"
    relative = np.roll(total, -tonic) / total.sum()
    found["chromaticism"] = float(relative[~scale_mask(mode)].sum())
    found["major_colour"] = float(relative[[4, 9, 11]].sum() - relative[[3, 8, 10]].sum())
    return found
