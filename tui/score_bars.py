"""Bar lines of a finished score in seconds. No Textual."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dsl.timing import time_at_beat

if TYPE_CHECKING:
    from engine.music.score import Score, ScoreCue


def bars_of_cue(score: "Score", cue: "ScoreCue") -> Iterator[tuple[int, float]]:
    """(bar number within the cue from 1, time) of every bar."""
    beat, number = cue.start_beat, 1
    while beat < cue.end_beat - 1e-6:
        yield number, time_of(score, beat)
        beat += _beats_per_bar(score, beat)
        number += 1


def time_of(score: "Score", beat: float) -> float:
    """Seconds of a beat of the score."""
    return time_at_beat(score.tempo, beat) if score.tempo else 0.0


def _beats_per_bar(score: "Score", beat: float) -> float:
    at = max(bisect_right(score.meters, beat + 1e-6, key=lambda change: change.beat) - 1, 0)
    return max(score.meters[at].meter.beats_per_bar, 0.25) if score.meters else 4.0
