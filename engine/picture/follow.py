"""`@picture`: a film's pace has a say in what its cues feel. The film's first frame is the score's second 0.

The film is looked at (`engine.picture.spotted`) and each cue given its stretch of the arousal curve; how much
it counts beside the text is `engine.emotion.felt`'s.
"""

from dataclasses import replace
from pathlib import Path

from dsl.diagnostics import Finding, Span, warning
from dsl.include import locate
from dsl.plan import Curve, CurvePoint, Plan, PlannedCue
from engine.errors import MediaError
from engine.picture.spotted import PictureSecond, SpottedFilm, spotted_film
from engine.progress import Progress


def followed_films(plan: Plan, progress: Progress | None = None) -> Plan:
    """The plan, its cues with the arousal of the films that they name. A film that is not there, or cannot be
    looked at, leaves the text alone; findings tell that, and what is odd in a film. Raises what `progress`
    raises."""
    seen: dict[str, SpottedFilm | None] = {}
    found: list[Finding] = []
    cues: list[PlannedCue] = []
    for cue in plan.cues:
        if cue.picture is not None and cue.picture not in seen:
            seen[cue.picture], told = _look(plan, cue.picture, cue.span, progress)
            found += told
        film = seen.get(cue.picture or "")
        cues.append(cue if film is None else replace(cue, picture_arousal=_curve(cue, film)))
    if not any(seen.values()) and not found:
        return plan
    return replace(plan, cues=tuple(cues), findings=(*plan.findings, *found))


def _look(
    plan: Plan, name: str, span: Span, progress: Progress | None
) -> tuple[SpottedFilm | None, list[Finding]]:
    place = locate(Path(plan.folder), name)
    if isinstance(place, str) or not place.is_file():
        return None, []  # the check has told it
    try:
        film = spotted_film(place, progress)
    except MediaError as error:
        message = f"{name} cannot be looked at: {error}; what is felt is the text's alone."
        return None, [warning("W551", message, span, "melodrama spot FILM tries it by itself.")]
    return film, [warning("W551", f"{name}: {remark}.", span, None) for remark in film.remarks]


def _curve(cue: PlannedCue, film: SpottedFilm) -> Curve:
    """The film's arousal over the cue, one point a second, and at its ends."""
    if not film.seconds or cue.start_s >= film.duration_s:
        return ()
    inside = [one for one in film.seconds if cue.start_s < one.t_s < cue.end_s]
    ends = [CurvePoint(t_s, _at(film.seconds, t_s)) for t_s in (cue.start_s, cue.end_s)]
    return (ends[0], *(CurvePoint(one.t_s, one.arousal) for one in inside), ends[1])


def _at(seconds: tuple[PictureSecond, ...], t_s: float) -> float:
    """The curve at a moment: linear between the middles of its seconds, held beyond its ends."""
    place = t_s - seconds[0].t_s
    before = min(max(int(place), 0), len(seconds) - 1)
    after = min(before + 1, len(seconds) - 1)
    share = min(max(place - before, 0.0), 1.0)
    return seconds[before].arousal * (1 - share) + seconds[after].arousal * share
