"""From a film that was looked at to what a composer might want of it: where cues begin, which cuts are hits.

A proposal, not a judgement: cues begin at fades and where the look of the film changes most, none shorter
than twenty seconds; hits are the cuts that change most, in picture and in sound.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.picture.cuts import Cut
from engine.picture.spotted import SpottedFilm

SHORTEST_CUE_S, USUAL_CUE_S = 20.0, 60.0
HITS_APART_S = 5.0
_LOUDER_DB = 12.0
_FADE_WORTH = 0.6
"""What a fade counts beside a cut: it parts scenes nearly always; a dissolve does often."""


@dataclass(frozen=True, slots=True)
class ProposedHit:
    """A cut that stands out. `t_s` seconds and `frame` from the film's first frame."""

    name: str
    t_s: float
    frame: int


@dataclass(frozen=True, slots=True)
class ProposedCue:
    """A stretch of the film for one cue, with its hits."""

    number: str
    start_s: float
    end_s: float
    hits: tuple[ProposedHit, ...]


def propose(film: SpottedFilm) -> tuple[ProposedCue, ...]:
    """The cues that a film suggests, from its first frame to its last."""
    starts = [0.0, *_boundaries(film)]
    ends = [*starts[1:], film.duration_s]
    numbers = {cut.frame: number for number, cut in enumerate(film.cuts, 1)}
    hits = sorted(_hits(film, starts), key=lambda cut: cut.t_s)
    return tuple(
        ProposedCue(
            f"1m{number}",
            start_s,
            end_s,
            tuple(
                ProposedHit(f"cut{numbers[cut.frame]}", cut.t_s, cut.frame)
                for cut in hits
                if start_s < cut.t_s < end_s
            ),
        )
        for number, (start_s, end_s) in enumerate(zip(starts, ends, strict=True), 1)
    )


def _boundaries(film: SpottedFilm) -> list[float]:
    """The strongest beginnings first, as long as no cue gets too short; about one a minute."""
    ranked = sorted(film.cuts, key=lambda cut: (-_parting(film, cut), cut.t_s))
    most = round(film.duration_s / USUAL_CUE_S)
    chosen: list[float] = []
    for cut in ranked:
        fits = all(abs(cut.t_s - other) >= SHORTEST_CUE_S for other in (0.0, film.duration_s, *chosen))
        if fits and (cut.kind == "fade" or len(chosen) < most):
            chosen.append(cut.t_s)
    return sorted(chosen)


def _parting(film: SpottedFilm, cut: Cut) -> float:
    """How much a boundary parts what is before it from what comes: fades, and changes of brightness, pace and
    loudness over the seconds around it."""
    here = int(cut.t_s)
    before, after = film.seconds[max(here - 8, 0) : max(here, 1)], film.seconds[here : here + 8]
    light = abs(_mean([s.brightness for s in before]) - _mean([s.brightness for s in after]))
    pace = abs(_mean([s.arousal for s in before]) - _mean([s.arousal for s in after]))
    worth = {"fade": _FADE_WORTH, "dissolve": 0.7 * _FADE_WORTH, "cut": 0.3 * cut.weight}[cut.kind]
    return light + pace + worth


def _hits(film: SpottedFilm, starts: Sequence[float]) -> list[Cut]:
    """Cuts that stand out, none near another, nor near the start of a cue."""
    ranked = sorted(
        (cut for cut in film.cuts if cut.kind == "cut"), key=lambda cut: (-_salience(film, cut), cut.t_s)
    )
    chosen: list[Cut] = []
    for cut in ranked[: max(len(ranked) // 3, 1)]:
        near = (*(one.t_s for one in chosen), *starts)
        if all(abs(cut.t_s - other) >= HITS_APART_S for other in near) and cut.t_s < film.duration_s - 1.0:
            chosen.append(cut)
    return chosen


def _salience(film: SpottedFilm, cut: Cut) -> float:
    """How much a cut changes, in picture, and where it grows louder in sound."""
    here = min(int(cut.t_s), len(film.seconds) - 1)
    before, after = film.seconds[max(here - 1, 0)].loudness_db, film.seconds[here].loudness_db
    louder = 0.0 if before is None or after is None else min(max((after - before) / _LOUDER_DB, 0.0), 1.0)
    return cut.weight + 0.5 * louder


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
