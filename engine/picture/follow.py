"""`@picture`: a film's pace has a say in what its cues feel. The film's first frame is the score's second 0.

The film is looked at (`engine.picture.spotted`) and each cue given its stretch of the arousal curve; how much
it counts beside the text is `engine.emotion.felt`'s.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from dsl.diagnostics import Finding, Span, warning
from dsl.include import locate
from dsl.plan import Curve, CurvePoint, Plan, PlannedCue
from engine.errors import MediaError
from engine.picture.spotted import PictureSecond, SpottedFilm, spotted_film
from engine.progress import Progress

Look = Callable[[Path, Progress | None], SpottedFilm | None]
"""Gives what is seen in a film, None where that is not known yet. Raises MediaError, and what the progress
raises."""


def films_of(plan: Plan) -> tuple[Path, ...]:
    """The films that a plan's cues name and that are there, each once."""
    names = dict.fromkeys(cue.picture for cue in plan.cues if cue.picture is not None)
    places = (locate(Path(plan.folder), name) for name in names)
    return tuple(place for place in places if isinstance(place, Path) and place.is_file())


def followed_films(plan: Plan, progress: Progress | None = None, look: Look = spotted_film) -> Plan:
    """The plan, its cues with the arousal of the films that they name. A film that is not there, is not known
    yet, or cannot be looked at, leaves the text alone; findings tell the last, and what is odd in a film.
    Raises what `progress` raises."""
    seen: dict[str, SpottedFilm | None] = {}
    found: list[Finding] = []
    cues: list[PlannedCue] = []
    for cue in plan.cues:
        if cue.picture is not None and cue.picture not in seen:
            seen[cue.picture], told = _look(plan, cue.picture, cue.span, progress, look)
            found += told
        film = seen.get(cue.picture or "")
        cues.append(cue if film is None else replace(cue, picture_arousal=_curve(cue, film)))
    if not any(seen.values()) and not found:
        return plan
    return replace(plan, cues=tuple(cues), findings=(*plan.findings, *found))


def _look(
    plan: Plan, name: str, span: Span, progress: Progress | None, look: Look
) -> tuple[SpottedFilm | None, list[Finding]]:
    place = locate(Path(plan.folder), name)
    if isinstance(place, str) or not place.is_file():
        return None, []  # the check has told it
    try:
        film = look(place, progress)
    except MediaError as error:
        message = f"{name} cannot be looked at: {error}; what is felt is the text's alone."
        return None, [warning("W551", message, span, "melodrama spot FILM tries it by itself.")]
    remarks = film.remarks if film is not None else ()
    return film, [warning("W551", f"{name}: {remark}.", span, None) for remark in remarks]


def _curve(cue: PlannedCue, film: SpottedFilm) -> Curve:
    """The film's arousal over the cue, one point a second, and at its ends."""
    if not film.seconds or cue.start_s >= film.duration_s:
        return ()
    first = bisect_right(film.seconds, cue.start_s, key=lambda one: one.t_s)
    inside = film.seconds[first : bisect_left(film.seconds, cue.end_s, key=lambda one: one.t_s)]
    ends = [CurvePoint(t_s, _at(film.seconds, t_s)) for t_s in (cue.start_s, cue.end_s)]
    return (ends[0], *(CurvePoint(one.t_s, one.arousal) for one in inside), ends[1])


def _at(seconds: tuple[PictureSecond, ...], t_s: float) -> float:
    """The curve at a moment: linear between the middles of its seconds, held beyond its ends."""
    place = t_s - seconds[0].t_s
    before = min(max(int(place), 0), len(seconds) - 1)
    after = min(before + 1, len(seconds) - 1)
    share = min(max(place - before, 0.0), 1.0)
    return seconds[before].arousal * (1 - share) + seconds[after].arousal * share
