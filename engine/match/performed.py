"""Music as it sounds, in seconds: what the recogniser hears, whether it comes from a take, a score or a file.

No bars, beats or tempo marks are kept: marks are mostly defaults and teach nothing about feeling, the pulse
is heard in the onsets.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from dsl.plan import ROLES, PlannedCue
from engine.arrange.dynamics import ROLE_LEVEL, VELOCITY_FLOOR, VELOCITY_SPAN, metric_accent
from engine.arrange.expression import LONGEST_CUT_BEATS, cut_share
from engine.generate.request import STEPS_PER_BEAT, SectionTake
from engine.media.midi_file import MidiMusic, read_midi
from engine.music.clock import clock_of
from engine.music.intent import Intent
from engine.music.score import Score

Floats = npt.NDArray[np.float64]

NO_ROLE: Final = -1
"""The role of a note in a file that does not say."""

SHORTEST_S: Final = 0.03

UNISON_S: Final = 0.045
"""Players are together within this."""


@dataclass(frozen=True, slots=True)
class Performed:
    """N notes by start time, and the span of time that they are music for.

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
        """Seconds that it is music for, rests included."""
        return self.finish_s - self.begin_s


_Row = tuple[float, float, float, float, float, float]
"""start, end, pitch, velocity, role, drum."""


def _performed(rows: list[_Row] | Floats, begin_s: float, finish_s: float) -> Performed:
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
    cue: PlannedCue, intents: tuple[Intent, ...], sections: tuple[SectionTake, ...]
) -> Performed:
    """A grid take as it will roughly be played: the cue's clock gives the times, the intents (one a bar)
    loudness and articulation."""
    clock = clock_of(cue)
    bar_beats = np.array(clock.bar_beats)
    dynamics = np.array([intent.dynamics for intent in intents])
    articulation = np.array([intent.articulation for intent in intents])
    written = [
        (first + note.start / STEPS_PER_BEAT, note.steps / STEPS_PER_BEAT, note.pitch, role_index, level)
        for section in sections
        for first in (clock.bar_beats[min(section.first_bar, len(clock.bar_beats) - 1)],)
        for role, notes in section.take.roles.items()
        for role_index, level in ((ROLES.index(role), ROLE_LEVEL[role]),)
        for note in notes
    ]
    if not written:
        return _performed([], cue.start_s, cue.end_s)
    beat, beats, pitch, roles, levels = np.array(written, dtype=np.float64).T
    bar = np.clip(np.searchsorted(bar_beats, beat + 1e-6, "right") - 1, 0, len(bar_beats) - 1)
    asked = np.minimum(bar, len(intents) - 1)
    lengths = np.array([b.beats for b in clock.bars])
    in_bar = beat - bar_beats[bar]
    accents = [metric_accent(float(place), float(lengths[b])) for place, b in zip(in_bar, bar, strict=True)]
    velocity = np.clip(VELOCITY_FLOOR + VELOCITY_SPAN * dynamics[asked] + levels + np.array(accents), 1, 127)
    drums = roles == ROLES.index("drums")
    cut = np.minimum(cut_share(articulation[asked]) * beats, LONGEST_CUT_BEATS)
    starts, stops = clock.seconds(beat), clock.seconds(beat + np.where(drums, beats, beats - cut))
    inside = starts < cue.end_s - 1e-6
    table = np.column_stack([starts, stops, pitch, velocity, roles, drums])[inside]
    return _performed(table, cue.start_s, cue.end_s)


def performed_cue(score: Score, index: int) -> Performed:
    """The notes of a finished score that start within cue `index`. Raises IndexError beyond the last cue."""
    cue = score.cues[index]
    rows: list[_Row] = [
        (n.start_s, n.end_s, n.pitch, n.velocity, ROLES.index(track.role), track.is_drum)
        for track in score.tracks
        for n in track.notes
        if cue.start_s - 0.05 <= n.start_s < cue.end_s - 1e-6
    ]
    return _performed(_without_unisons(rows), cue.start_s, cue.end_s)


def _without_unisons(rows: list[_Row]) -> list[_Row]:
    """Instruments that double a line at the same pitch are heard as one, the loudest and longest of them."""
    order: list[_Row] = []
    for row in sorted(rows, key=lambda row: (row[2], row[5], row[0])):
        last = order[-1] if order else None
        if last and last[2] == row[2] and last[5] == row[5] and row[0] - last[0] < UNISON_S:
            order[-1] = (last[0], max(last[1], row[1]), last[2], max(last[3], row[3]), last[4], last[5])
        else:
            order.append(row)
    return order


def performed_midi(path: str | Path) -> Performed:
    """All notes of a MIDI file, from its first note to its end. Raises MediaError for a file that cannot be
    read."""
    return performed_music(read_midi(Path(path)))


def performed_music(music: MidiMusic) -> Performed:
    """All notes of a file that has been read, from its first note to its last."""
    tables = []
    for part in music.parts:
        start, end = music.seconds(part.notes[:, 0]), music.seconds(part.notes[:, 1])
        same = np.ones(len(part.notes))
        pitch, velocity = part.notes[:, 2], part.notes[:, 3]
        tables.append(np.column_stack([start, end, pitch, velocity, NO_ROLE * same, part.is_drum * same]))
    if not tables:
        return _performed([], 0.0, music.duration_s)
    rows = np.concatenate(tables)
    return _performed(rows, float(rows[:, 0].min()), float(rows[:, 1].max()))


def excerpt(music: Performed, from_s: float, to_s: float) -> Performed:
    """The notes that start within `from_s` ≤ t < `to_s`, and that span as their clip."""
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
