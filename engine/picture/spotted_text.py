"""A film that was looked at as a `.score`, and as JSON: what `melodrama spot` prints."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from dsl.timecode import frame_label, frame_number, is_drop_rate, millisecond_label
from engine.picture.proposal import ProposedCue
from engine.picture.spotted import SpottedFilm

SHORTEST_OUT_S = 1.0
"""The language ends no cue sooner than this behind its start."""


def first_frame(film: SpottedFilm) -> tuple[int, bool]:
    """The number of the film's first frame since 00:00:00:00, and whether its timecodes drop frames."""
    if film.fps is None or film.timecode is None:
        return 0, False
    rate = float(Fraction(film.fps))
    hours, minutes, seconds, frames = (int(part) for part in film.timecode.replace(";", ":").split(":"))
    drop = ";" in film.timecode and is_drop_rate(rate)
    return frame_number((hours * 60 + minutes) * 60 + seconds, frames, rate, drop), drop


def clock_of(film: SpottedFilm) -> Callable[[float], str]:
    """How the film's moments are written: in frames, where it has a rate, else in milliseconds."""
    if film.fps is None:
        return lambda t_s: millisecond_label(round(t_s * 1000))
    rate, (first, drop) = float(Fraction(film.fps)), first_frame(film)
    return lambda t_s: frame_label(first + round(t_s * rate), rate, drop)


def spotted_score(film: SpottedFilm, cues: Sequence[ProposedCue], title: str, picture: str | None) -> str:
    """The proposal as a score: cues and hits at their times, every other cut a comment. `picture` is the
    film's path from the score, where it may be named."""
    label = clock_of(film)
    lines = ["melodrama: 1", f"title: {title}"]
    if film.fps is not None:
        lines += [f"fps: {film.fps.removesuffix('/1')}", f"start: {label(0.0)}"]
    lines.append("---")
    if picture is not None:
        lines.append(f'@picture "{picture}"')
    for number, cue in enumerate(cues):
        lines += ["", f"# {cue.number}", f"@at {label(cue.start_s)}"]
        hits = {hit.frame: hit for hit in cue.hits}
        for index, cut in enumerate(film.cuts, 1):
            if not cue.start_s < cut.t_s < cue.end_s:
                continue
            if cut.frame in hits:
                lines += [f"@at {label(cut.t_s)} // {cut.kind} {index}", f"@hit {hits[cut.frame].name}"]
            else:
                lines.append(f"// {label(cut.t_s)} {cut.kind} {index}")
        if number == len(cues) - 1 and cue.end_s - cue.start_s >= SHORTEST_OUT_S:
            lines.append(f"@out {label(cue.end_s)}")
    return "\n".join(lines) + "\n"


def spotted_json(path: str, film: SpottedFilm, cues: Sequence[ProposedCue]) -> dict[str, Any]:
    """What `spot --json` prints; README has the names."""
    label = clock_of(film)
    return {
        "format": 1,
        "film": path,
        "fps": None if film.fps is None else float(Fraction(film.fps)),
        "start": label(0.0),
        "duration_s": round(film.duration_s, 6),
        "frames": film.frames,
        "detector": film.detector,
        "cuts": [
            {
                "t_s": round(cut.t_s, 6),
                "frame": cut.frame,
                "timecode": label(cut.t_s),
                "kind": cut.kind,
                "weight": round(cut.weight, 4),
            }
            for cut in film.cuts
        ],
        "cues": [
            {
                "id": cue.number,
                "start_s": round(cue.start_s, 6),
                "end_s": round(cue.end_s, 6),
                "hits": [
                    {"name": hit.name, "t_s": round(hit.t_s, 6), "frame": hit.frame} for hit in cue.hits
                ],
            }
            for cue in cues
        ],
        "curves": [
            {
                "t_s": second.t_s,
                "cuts_per_min": second.cuts_per_min,
                "motion": second.motion,
                "brightness": second.brightness,
                "loudness_db": second.loudness_db,
                "arousal": second.arousal,
            }
            for second in film.seconds
        ],
        "remarks": list(film.remarks),
    }
