"""The piano roll as a raster: which role sounds how loud in which sub-row of which column. No Textual, no
colours."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from dataclasses import dataclass

from dsl.plan import RoleName
from engine.music.score import Score

LOUDNESS_STEPS = 6


@dataclass(frozen=True, slots=True)
class Ink:
    """What fills a sub-cell: the role, its loudness 1…LOUDNESS_STEPS, and whether a note begins here."""

    role: RoleName
    loudness: int
    onset: bool


@dataclass(frozen=True, slots=True)
class View:
    """The stretch of time shown: column x covers start_s + x·s_per_column onwards."""

    start_s: float
    s_per_column: float
    columns: int

    @property
    def end_s(self) -> float:
        """The time right of the last column, seconds."""
        return self.start_s + self.columns * self.s_per_column

    def column(self, t_s: float) -> int:
        """The column that `t_s` falls into; outside 0…`columns` − 1 where it is not shown."""
        return int((t_s - self.start_s) // self.s_per_column)

    def time(self, column: int) -> float:
        """Seconds at the middle of a column."""
        return self.start_s + (column + 0.5) * self.s_per_column


def pitch_range(score: Score) -> tuple[int, int]:
    """Lowest and highest pitch of the pitched parts, an octave at least."""
    pitches = [note.pitch for track in score.tracks if not track.is_drum for note in track.notes]
    low, high = (min(pitches), max(pitches)) if pitches else (48, 72)
    middle = (12 - (high - low)) // 2 + 1 if high - low < 12 else 0
    return max(low - middle, 0), min(high + middle, 127)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Where pitches lie: `pitched` sub-rows for `low`…`high`, the lowest two of `rows` for drums, where there
    is room."""

    rows: int
    pitched: int
    low: int
    high: int

    def of(self, pitch: int, is_drum: bool) -> int | None:
        """The sub-row of a pitch; None where drums are not shown. Kicks and snares (below 42) lie under the
        metals."""
        if is_drum:
            if self.pitched == self.rows:
                return None
            return self.rows - 1 if pitch < 42 else self.rows - 2
        span = self.high - self.low + 1
        down = self.high - pitch
        row = down * self.pitched // span if span > self.pitched else down + (self.pitched - span) // 2
        return min(max(row, 0), self.rows - 1)


def _rows(score: Score, rows: int) -> _Rows:
    drums = rows >= 8 and any(track.is_drum and track.notes for track in score.tracks)
    return _Rows(rows, rows - 2 if drums else rows, *pitch_range(score))


def picture(score: Score, view: View, rows: int, silent: Collection[RoleName] = ()) -> list[list[Ink | None]]:
    """`rows` sub-rows from top (high) to bottom of `view.columns` cells each.

    Drums take the lowest two sub-rows where there is room. Of notes in one cell the melody wins, then the
    louder; silent roles draw nothing over others.
    """
    cells: list[list[Ink | None]] = [[None] * view.columns for _ in range(max(rows, 0))]
    if rows < 1:
        return cells
    layout = _rows(score, rows)
    order = {"melody": 0, "counter": 1, "bass": 2, "chords": 3, "drums": 4}
    tracks = sorted(score.tracks, key=lambda t: (t.role not in silent, -order[t.role]))
    for track in tracks:
        notes = track.notes
        first = bisect_left(notes, view.start_s - 30.0, key=lambda note: note.start_s)
        last = bisect_right(notes, view.end_s, key=lambda note: note.start_s)
        for note in notes[first:last]:
            if note.end_s <= view.start_s:
                continue
            row = layout.of(note.pitch, track.is_drum)
            if row is None:
                break
            start = view.column(note.start_s)
            end = max(view.column(note.end_s - 1e-6), start)
            loudness = 1 + note.velocity * (LOUDNESS_STEPS - 1) // 127
            line = cells[row]
            for x in range(max(start, 0), min(end + 1, view.columns)):
                line[x] = Ink(track.role, loudness, x == start)
    return cells


def note_at(score: Score, view: View, rows: int, x: int, row: int) -> tuple[int, int] | None:
    """(track, note) drawn nearest to sub-row `row` in column `x`; None where nothing sounds there."""
    layout = _rows(score, rows)
    start, end = view.start_s + x * view.s_per_column, view.start_s + (x + 1) * view.s_per_column
    best: tuple[float, int, int] | None = None
    for t, track in enumerate(score.tracks):
        for n, note in enumerate(track.notes):
            if note.start_s >= end or note.end_s <= start:
                continue
            drawn = layout.of(note.pitch, track.is_drum)
            distance = abs(drawn - row) if drawn is not None else 9
            if distance <= 1 and (best is None or distance < best[0]):
                best = (distance, t, n)
    return None if best is None else best[1:]
