"""A track fit to be played: no pitch sounds twice at once, no more notes at once than the instrument has
voices, every note inside the instrument's range and the score, velocities 1–127.
"""

from collections.abc import Iterable

from engine.arrange.orchestration import Part
from engine.music.instruments import instrument
from engine.music.score import Note

SHORTEST_S = 0.02


def clean(notes: Iterable[Note], part: Part, duration_s: float = float("inf")) -> tuple[Note, ...]:
    """A track's notes in order, fit to be played: the rules above."""
    low, high = (0, 127) if part.is_drum else (instrument(part.program).low, instrument(part.program).high)
    voices = 16 if part.is_drum else instrument(part.program).voices
    ordered = sorted(notes, key=lambda n: (n.start_s, n.pitch, -n.velocity))
    sounding: list[int] = []
    kept: list[Note | None] = []
    ends: list[float] = []
    for note in ordered:
        start = max(note.start_s, 0.0)
        end = min(note.end_s, duration_s)
        if end - start < SHORTEST_S or not low <= note.pitch <= high:
            continue
        sounding = [k for k in sounding if ends[k] > start + 1e-9]
        same = next((k for k in sounding if _pitch(kept[k]) == note.pitch), None)
        if same is not None:
            if start - _start(kept[same]) < SHORTEST_S:
                ends[same] = max(ends[same], end)
                continue
            ends[same] = start
            sounding.remove(same)
        while len(sounding) >= voices:
            oldest = min(sounding, key=lambda k: (_start(kept[k]), _pitch(kept[k])))
            sounding.remove(oldest)
            if start - _start(kept[oldest]) < SHORTEST_S:
                kept[oldest] = None
            else:
                ends[oldest] = start
        sounding.append(len(kept))
        kept.append(note)
        ends.append(end)
    finished = [_ended(note, end) for note, end in zip(kept, ends, strict=True) if note is not None]
    return tuple(sorted(finished, key=lambda n: (n.start_s, n.pitch)))


def _pitch(note: Note | None) -> int:
    return note.pitch if note else -1


def _start(note: Note | None) -> float:
    return max(note.start_s, 0.0) if note else 0.0


def _ended(note: Note, end: float) -> Note:
    start = max(note.start_s, 0.0)
    share = (end - start) / max(note.end_s - note.start_s, 1e-6)
    beats = note.beats * min(share, 1.0) if end < note.end_s - 1e-6 else note.beats
    velocity = min(max(note.velocity, 1), 127)
    return Note(note.pitch, velocity, note.start_beat, max(beats, 1e-3), start, end)
