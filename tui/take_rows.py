"""The takes of a composed cue as the list of takes shows them. No screen."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui.match_figure import shown_match
from tui.panes import TakeRow

if TYPE_CHECKING:
    from engine.composition import ComposedCue


def rows_of(made: "ComposedCue", settled: Mapping[int, float], written: int | None) -> list[TakeRow]:
    """Every take that was made, by number, with the match that the cue has when that take is chosen;
    `best` is the highest of them. `settled`: matches of takes that were heard as they will be; `written`:
    the take that the script names."""
    unmoved = made.unmoved
    found = dict(made.take_matches)
    found |= {number: settled[number] for number in unmoved if number in settled}
    sounds = made.report.take
    liked = made.offer.favourite if made.offer is not None else None
    # As they are shown: of equals the one that sounds.
    best = max(found, key=lambda number: (shown_match(found[number]), number == sounds), default=0)
    return [
        TakeRow(
            number,
            found[number],
            number == sounds,
            number == best,
            number == written,
            number in unmoved and number not in settled,
            number == liked,
        )
        for number in sorted(found)
    ]
