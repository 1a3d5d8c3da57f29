"""NES game music: four voices in video frames without beats. The beat, metre and downbeat are estimated,
unsure pieces left.

Sixteenths by how well onsets agree with a period (the resultant of their phases), the bar by self-similarity,
the downbeat by where bass notes and harmony fall.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.errors import MediaError
from engine.train.music.data.midi import read_midi
from engine.train.music.data.piece import BASS, COUNTER, DRUMS, MELODY, RawPiece, Skipped, regular_bars

TEACHES = ("chiptune",)
"""Styles that its pieces may teach; which of their phrases do says `engine.train.music.style_labels`."""
FRAMES_PER_BEAT: Final = 60.0988 / 2
"""The files are written at 120 bpm: half a second a beat, 60.0988 video frames a second."""
FASTEST_STEP, SLOWEST_STEP = 5.2, 10.4
"""Frames of a sixteenth: 173 to 87 bpm, one octave, so that the choice between eighth and sixteenth is
made."""
SURE: Final = 0.88
"""Resultant length of onset phases from which the grid counts as found (1 = all exactly on it)."""
SHORTEST_NOTE: Final = 3.0
"""Frames; what is shorter is vibrato, slides and arpeggio effects."""

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grid:
    """step: frames of a sixteenth; origin: frame of a downbeat; bar_steps 16 or 12; meter as written."""

    step: float
    origin: float
    bar_steps: int
    meter: tuple[int, int]
    sureness: float


def pieces(root: Path) -> Iterator[RawPiece | Skipped]:
    """Every tune of `root`/nesmdb; all tunes of a game are one work."""
    for path in sorted((root / "nesmdb" / "data" / "nesmdb_midi").rglob("*.mid")):
        yield read_tune(path)


def read_tune(path: Path) -> RawPiece | Skipped:
    """One tune on its estimated grid."""
    name = f"nesmdb/{path.stem}"
    game = re.split(r"_\d\d_\d\d", path.stem)[0].lower()
    try:
        file = read_midi(path)
    except MediaError as error:
        return Skipped(name, "nesmdb", str(error).split(": ", 1)[-1])
    voices = {track.name: _clean(track.notes) for track in file.tracks}
    pitched = [notes for key, notes in voices.items() if key != "no" and len(notes) > 0]
    if sum(map(len, pitched)) < 32 or file.end / 2 < 8:
        return Skipped(name, "nesmdb", "shorter than eight seconds or 32 notes: a jingle or an effect")
    grid = find_grid(np.concatenate([notes[:, 0] for notes in pitched]), _bass(voices))
    if grid is None:
        return Skipped(name, "nesmdb", "no sure beat")
    rows = []
    for part, (key, role) in enumerate(voice_roles(voices)):
        notes = voices[key].copy()
        if role == DRUMS:
            notes[:, 2] = drum_pitch(notes[:, 2])
        notes[:, 3] = 0
        rows.append(np.column_stack([notes, np.full((len(notes), 2), (role, part))]))
    notes = np.concatenate(rows)
    beat = grid.step * 4
    notes[:, 0] = (notes[:, 0] - grid.origin) / beat
    notes[:, 1] = notes[:, 1] / beat
    beats = grid.bar_steps / 4
    first = float(np.floor(notes[:, 0].min() / beats + 0.02) * beats)
    bars = regular_bars(first, float((notes[:, 0] + notes[:, 1]).max()), beats, grid.meter)
    tempo = 60.0988 * 60 / beat
    return RawPiece(name, f"nesmdb/{game}", "nesmdb", TEACHES, notes, bars, None, tempo)


def _clean(notes: _Floats) -> _Floats:
    """In frames, without what is too short to be a note; a repeated pitch struck at once joins the note
    before."""
    frames = notes.copy()
    frames[:, :2] *= FRAMES_PER_BEAT
    return np.asarray(frames[frames[:, 1] >= SHORTEST_NOTE])


def _bass(voices: dict[str, _Floats]) -> _Floats:
    """The lowest voice that plays enough."""
    playing = [notes for key, notes in voices.items() if key != "no" and len(notes) >= 8]
    return min(
        playing or [np.zeros((0, 4))], key=lambda notes: float(notes[:, 2].mean()) if len(notes) else 999.0
    )


def voice_roles(voices: dict[str, _Floats]) -> list[tuple[str, int]]:
    """Noise drums, the lowest voice bass, of the others the livelier and higher one melody; an echo gets
    nothing."""
    roles = [(key, DRUMS) for key in voices if key == "no" and len(voices[key])]
    pitched = sorted(
        (key for key in voices if key != "no" and len(voices[key]) >= 8), key=lambda k: voices[k][:, 2].mean()
    )
    if len(pitched) > 1 and voices[pitched[0]][:, 2].mean() < 62:
        roles.append((pitched.pop(0), BASS))
    ranked = sorted(pitched, key=lambda k: -_liveliness(voices[k]))
    for key, role in zip(ranked, (MELODY, COUNTER), strict=False):
        if role == COUNTER and _is_echo(voices[ranked[0]], voices[key]):
            continue
        roles.append((key, role))
    return roles


def _liveliness(notes: _Floats) -> float:
    pitches = notes[:, 2]
    return float(pitches.mean()) / 12 + min(len(np.unique(pitches)), 14) / 7 + min(len(notes), 200) / 100


def _is_echo(lead: _Floats, other: _Floats) -> bool:
    """Whether nine tenths of a voice's melodic intervals are the lead's in the same order: a delayed
    doubling."""
    first, second = np.diff(lead[:120, 2]).astype(np.int64), np.diff(other[:120, 2]).astype(np.int64)
    size = min(len(first), len(second)) - 8
    if size < 8:
        return False
    best = max(
        float((first[s : s + size] == second[:size]).mean()) for s in range(min(8, len(first) - size + 1))
    )
    return best > 0.9 and abs(float(lead[:, 2].mean() - other[:, 2].mean())) < 1.5


def drum_pitch(period: _Floats) -> _Floats:
    """GM drums for noise channel pitches 1–16, by where in the bar each falls over all tunes: 10, 11 and 13
    on the second and fourth beat (snare), the lower ones on the first and third (kick), the rest hi-hat."""
    snare = (period == 10) | (period == 11) | (period == 13)
    return np.where(snare, 38.0, np.where(period <= 9, 36.0, 42.0))


def find_grid(onsets: _Floats, bass: _Floats) -> Grid | None:
    """The grid of onset frames, or none when they do not agree on one."""
    onsets = np.sort(onsets)
    early = onsets[onsets < onsets[0] + 1800]
    candidates = np.arange(FASTEST_STEP, SLOWEST_STEP, 0.01)
    resultant = np.abs(np.exp(2j * np.pi * early[None, :] / candidates[:, None]).mean(axis=1))
    step = float(candidates[int(resultant.argmax())])
    for span, width in ((1800.0, 0.02), (18000.0, 0.004)):
        chosen = onsets[onsets < onsets[0] + span][:1500]
        near = np.linspace(step - width, step + width, 41)
        fit = np.abs(np.exp(2j * np.pi * chosen[None, :] / near[:, None]).mean(axis=1))
        step = float(near[int(fit.argmax())])
    phases = np.exp(2j * np.pi * onsets / step).mean()
    if abs(phases) < SURE:
        return None
    origin = float(np.angle(phases)) / (2 * np.pi) * step
    positions = np.round((onsets - origin) / step).astype(np.int64)
    meter, bar_steps = _metre(positions)
    downbeat = _downbeat(positions, np.round((bass[:, 0] - origin) / step).astype(np.int64), bass, bar_steps)
    return Grid(step, origin + downbeat * step, bar_steps, meter, float(abs(phases)))


def _metre(positions: npt.NDArray[np.int64]) -> tuple[tuple[int, int], int]:
    """4/4, 3/4 or 6/8 by the self-similarity of the onset pattern at bar-like distances."""
    line = np.bincount(positions - positions.min()).astype(np.float64)[:2048]
    line = np.minimum(line, 3) - np.minimum(line, 3).mean()

    def alike(lag: int) -> float:
        if lag >= len(line) - 8:
            return 0.0
        a, b = line[:-lag], line[lag:]
        return float((a * b).sum() / max(np.sqrt((a * a).sum() * (b * b).sum()), 1e-9))

    four = np.mean([alike(lag) for lag in (8, 16, 32, 64)])
    three = np.mean([alike(lag) for lag in (12, 24, 48)])
    if three > four + 0.08:
        return ((6, 8), 12) if alike(6) > alike(4) else ((3, 4), 12)
    return (4, 4), 16


def _downbeat(
    positions: npt.NDArray[np.int64], bass_positions: npt.NDArray[np.int64], bass: _Floats, bar_steps: int
) -> int:
    """The sixteenth on which bars begin: where bass notes start, move and last, with trust in the tune's
    first note."""
    score = np.zeros(bar_steps)
    score[positions.min() % bar_steps] += 0.25 * max(len(bass), 8) / 4
    score += 0.1 * np.bincount(positions % bar_steps, minlength=bar_steps)
    if len(bass) > 1:
        moved = np.r_[True, np.diff(bass[:, 2]) != 0]
        weight = moved * 1.0 + np.minimum(bass[:, 1] / 40.0, 1.0)
        score += np.bincount(bass_positions % bar_steps, weights=weight, minlength=bar_steps)
    return int(score.argmax())
