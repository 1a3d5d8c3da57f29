"""Music as it sounds, in seconds: what the recogniser hears, whether it comes from a take, a score or a file.

No bars, beats or tempo marks are kept: marks are mostly defaults and teach nothing about feeling, the pulse
is heard in the onsets.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from dsl.plan import ROLES, PlannedCue
from engine.arrange.draft import StretchTake
from engine.arrange.dynamics import FLOOR, REACH, ROLE_LEVEL, metric_accent
from engine.arrange.expression import LONGEST_CUT_BEATS
from engine.errors import MediaError
from engine.generate.request import STEPS_PER_BEAT
from engine.music.clock import clock_of
from engine.music.intent import Intent
from engine.music.score import Score

if TYPE_CHECKING:
    import pretty_midi

Floats = npt.NDArray[np.float64]

NO_ROLE: Final = -1
"""The role of a note in a file that does not say."""

SHORTEST_S: Final = 0.03


@dataclass(frozen=True, slots=True)
class Performed:
    """N notes by start time, and the stretch of time that they are music for.

    start_s, end_s: float [N], seconds, `end_s` > `start_s` · pitch: int [N], MIDI 0–127 · velocity: float
    [N], 1–127 · role: int [N], index into `dsl.plan.ROLES` or `NO_ROLE` · is_drum: bool [N]. `begin_s` and
    `finish_s` bound the clip; notes may sound beyond its end.
    """

    start_s: Floats
    end_s: Floats
    pitch: npt.NDArray[np.int64]
    velocity: Floats
    role: npt.NDArray[np.int64]
    is_drum: npt.NDArray[np.bool_]
    begin_s: float
    finish_s: float

    def __len__(self) -> int:
        return len(self.pitch)

    @property
    def duration_s(self) -> float:
        return self.finish_s - self.begin_s


_Row = tuple[float, float, float, float, float, float]
"""start, end, pitch, velocity, role, drum."""


def _performed(rows: list[_Row], begin_s: float, finish_s: float) -> Performed:
    table = np.array(rows, dtype=np.float64).reshape(-1, 6)
    table = table[np.lexsort((table[:, 2], table[:, 0]))]
    starts = table[:, 0].copy()
    return Performed(
        starts,
        np.maximum(table[:, 1], starts + SHORTEST_S),
        table[:, 2].astype(np.int64),
        table[:, 3].copy(),
        table[:, 4].astype(np.int64),
        table[:, 5] > 0.5,
        begin_s,
        max(finish_s, begin_s + 1e-3),
    )


def performed_take(
    cue: PlannedCue, intents: tuple[Intent, ...], stretches: tuple[StretchTake, ...]
) -> Performed:
    """A grid take as it will roughly be played: the cue's clock gives the times, the intents (one a bar)
    loudness and articulation."""
    clock = clock_of(cue)
    bar_beats = np.array(clock.bar_beats)
    dynamics = np.array([intent.dynamics for intent in intents])
    articulation = np.array([intent.articulation for intent in intents])
    beats: list[float] = []
    ends: list[float] = []
    rest: list[tuple[int, float, int]] = []
    for stretch in stretches:
        first = float(bar_beats[min(stretch.first_bar, len(bar_beats) - 1)])
        for role, notes in stretch.take.roles.items():
            level = ROLE_LEVEL[role]
            for note in notes:
                beats.append(first + note.start / STEPS_PER_BEAT)
                ends.append(first + (note.start + note.steps) / STEPS_PER_BEAT)
                rest.append((note.pitch, level, ROLES.index(role)))
    if not beats:
        return _performed([], cue.start_s, cue.end_s)
    at, until = np.array(beats), np.array(ends)
    pitch, level, role_index = (np.array(column) for column in zip(*rest, strict=True))
    bar = np.clip(np.searchsorted(bar_beats, at + 1e-6, "right") - 1, 0, len(bar_beats) - 1)
    asked = np.minimum(bar, len(intents) - 1)
    accents = np.array(
        [
            metric_accent(float(beat - clock.bar_beats[b]), clock.bars[b].beats)
            for beat, b in zip(at, bar, strict=True)
        ]
    )
    velocity = np.clip(FLOOR + REACH * dynamics[asked] + level + accents, 1, 127)
    drums = role_index == ROLES.index("drums")
    cut = np.minimum(np.clip((articulation[asked] - 0.33) * 0.75, 0, 0.55) * (until - at), LONGEST_CUT_BEATS)
    starts, stops = clock.seconds(at), clock.seconds(np.where(drums, until, until - cut))
    inside = starts < cue.end_s - 1e-6
    table = np.column_stack([starts, stops, pitch, velocity, role_index, drums])[inside]
    return _performed([tuple(row) for row in table], cue.start_s, cue.end_s)


def performed_cue(score: Score, index: int) -> Performed:
    """The notes of a finished score that start within cue `index`. Raises IndexError beyond the last cue."""
    cue = score.cues[index]
    rows: list[_Row] = [
        (n.start_s, n.end_s, n.pitch, n.velocity, ROLES.index(track.role), track.is_drum)
        for track in score.tracks
        for n in track.notes
        if cue.start_s - 0.05 <= n.start_s < cue.end_s - 1e-6
    ]
    return _performed(rows, cue.start_s, cue.end_s)


def performed_midi(source: "str | Path | pretty_midi.PrettyMIDI") -> Performed:
    """All notes of a MIDI file, from its first note to its end. Raises MediaError for a file that cannot be
    read."""
    midi: Any = _read(source) if isinstance(source, (str, Path)) else source
    rows: list[_Row] = [
        (n.start, n.end, n.pitch, n.velocity, NO_ROLE, part.is_drum)
        for part in midi.instruments
        for n in part.notes
    ]
    if not rows:
        return _performed([], 0.0, float(midi.get_end_time()))
    return _performed(rows, min(row[0] for row in rows), max(row[1] for row in rows))


def _read(path: str | Path) -> Any:
    # Deferred: a cue is heard without pretty_midi, which takes a third of a second to load.
    import pretty_midi

    try:
        return pretty_midi.PrettyMIDI(str(path))
    except Exception as error:  # pretty_midi and mido raise whatever a damaged byte leads to
        raise MediaError(f"cannot read {path}: {error or type(error).__name__}") from error


def excerpt(music: Performed, from_s: float, to_s: float) -> Performed:
    """The notes that start within `from_s` ≤ t < `to_s`, and that stretch as their clip."""
    first, last = np.searchsorted(music.start_s, [from_s, to_s])
    part = slice(int(first), int(last))
    return Performed(
        music.start_s[part],
        music.end_s[part],
        music.pitch[part],
        music.velocity[part],
        music.role[part],
        music.is_drum[part],
        from_s,
        to_s,
    )
