"""A film's proposed hits put into a score that there is already, by the way that cuts and markers of a list
go into one: what is called alike moves, nothing is deleted."""

from collections.abc import Sequence
from pathlib import Path

from dsl.check import check_source
from dsl.importers.picture.film_list import FilmEvent, FilmList
from dsl.importers.picture.take_in import ListOptions, TakenIn, into_score
from engine.picture.proposal import ProposedCue


def spotted_into(text: str, folder: Path, cues: Sequence[ProposedCue]) -> TakenIn:
    """The text of a score that stands in `folder` with the hits of `cues`, and with the cues themselves where
    it has none. Times count from the film's first frame, which is the score's second 0."""
    has_cues = bool(check_source(text, folder).document.cues())
    events = [
        FilmEvent("marker", hit.name, hit.t_s, 0, note=f"frame {hit.frame} of the film")
        for cue in cues
        for hit in cue.hits
    ]
    if not has_cues:
        events += [FilmEvent("marker", cue.number, cue.start_s, 0) for cue in cues]
    return into_score(text, str(folder), FilmList("markers", None, tuple(events)), ListOptions(cuts="none"))
