"""A list put into a score, and whether the score is the worse for it: moments that would be errors there, or
make errors of the writer's own, are found, so that it can be tried without them.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dsl.importers.picture.film_score import FilmEdit, MomentChange
from dsl.importers.picture.placing import put_in
from dsl.importers.picture.roles import Wanted
from dsl.importers.picture.score_pins import ScorePin, ScoreView, view_score
from dsl.importers.story import Remark
from dsl.source import read_lines, split_lines

MOST_TURNS = 4
"""So often at most a list is put in, until it changes nothing more."""
MOST_TRIES = 8
"""So often at most without what could not be."""
MOST_ROUNDS = 4
"""So often at most what was refused is tried again beside what is there by then."""
Which = tuple[str, str, float]
"""Role, name and time of a wanted moment."""
_IMPOSSIBLE = ("E401", "E418")
"""A moment that lies in the past, an end behind the next beginning."""


def put_in_what_can_be(
    text: str,
    folder: str,
    wanted: Sequence[Wanted],
    tolerance_s: float,
    remarks: Sequence[Remark],
    is_new: bool,
) -> "Try":
    """The score's text with the list in it, as far as it makes no errors there."""
    changes: dict[Which, MomentChange] = {}
    placed: list[Wanted] = []
    told = list(remarks)
    first = FilmEdit(view_score(text, folder), read_lines(text), tolerance_s, told)
    wanted = first.affordable(first.once(first.possible(wanted)))
    _take_over(changes, first.changes)
    for _ in range(MOST_ROUNDS):
        before, refused = view_score(text, folder), frozenset[Wanted]()
        for _ in range(MOST_TRIES):
            tried = Try(text, folder, wanted, refused, tolerance_s, told, is_new, before)
            tried.run()
            culprits = tried.culprits(before, text) - refused
            if not culprits:
                break
            refused |= culprits
        _take_over(changes, tried.changes.values())
        placed += tried.placed
        # What was refused before something else was may have its place now.
        if not refused or tried.text == text:
            break
        text, is_new = tried.text, False
    tried.changes, tried.placed = changes, list(dict.fromkeys(placed))
    return tried


def _take_over(known: dict[Which, MomentChange], changes: Iterable[MomentChange]) -> None:
    """What was made of a moment before stands there, whatever is said of it later."""
    for change in changes:
        key = (change.role, change.name, change.t_s)
        if key not in known or change.how in ("new", "moved"):
            known[key] = change


@dataclass(slots=True)
class Try:
    """What becomes of a score's text with a list in it, but for what was `refused` before."""

    text: str
    folder: str
    wanted: Sequence[Wanted]
    refused: frozenset[Wanted]
    tolerance_s: float
    given: Sequence[Remark]
    is_new: bool
    view: ScoreView
    remarks: list[Remark] = field(default_factory=list)
    changes: dict[Which, MomentChange] = field(default_factory=dict)
    placed: list[Wanted] = field(default_factory=list)

    def run(self) -> None:
        """Puts the list in."""
        # A cue may start elsewhere once its moments have moved, and then has room for what it had none for.
        for turn in range(MOST_TURNS):
            self.remarks = list(self.given)
            is_new = self.is_new and turn == 0
            edit = FilmEdit(self.view, read_lines(self.text), self.tolerance_s, self.remarks, is_new)
            before, self.text = self.text, put_in(edit, self.wanted, self.refused)
            _take_over(self.changes, edit.changes)
            self.placed = list(dict.fromkeys((*self.placed, *edit.placed)))
            self.view = view_score(self.text, self.folder)
            if self.text == before:
                return

    def culprits(self, before: ScoreView, text: str) -> set[Wanted]:
        """The moments that were written now and are errors, or the last ones before an error that was none in
        the score as it was (`before`, `text`)."""
        written = self.written()
        lines = list(split_lines(self.text))
        known = Counter(_errors(before, list(split_lines(text))))
        found: set[Wanted] = set()
        for code, line, index in _errors_at(self.view, lines):
            if known[code, line]:
                known[code, line] -= 1
            elif written:
                # What is late lies before it; the beginning that an end reaches beyond, behind it.
                place = bisect_right(written, index, key=lambda one: one[0])
                is_own = place and written[place - 1][0] == index
                if code == "E418" and not is_own:
                    place += 1
                found.add(written[min(max(place - 1, 0), len(written) - 1)][1])
        return found

    def written(self) -> list[tuple[int, Wanted]]:
        """What was written or moved, with its line (from 0), in the order of lines."""
        changed: dict[tuple[str, str], list[Wanted]] = defaultdict(list)
        for one in self.placed:
            change = self.changes.get((one.role, one.name or one.comment, one.t_s))
            if change is not None and change.how in ("new", "moved"):
                changed[one.key].append(one)
        return sorted(
            ((pin.line, one) for pin in self.view.pins for one in changed[pin.key] if self.is_at(one, pin)),
            key=lambda one: one[0],
        )

    def is_at(self, one: Wanted, pin: ScorePin) -> bool:
        """Whether a moment of the score is the one that was wanted."""
        return abs(one.t_s - pin.t_s) <= self.tolerance_s


def _errors(view: ScoreView, lines: list[str]) -> list[tuple[str, str]]:
    return [(code, line) for code, line, _ in _errors_at(view, lines)]


def _errors_at(view: ScoreView, lines: list[str]) -> list[tuple[str, str, int]]:
    """Code, words and number (from 0) of each line with a moment that cannot be."""
    found = [one for one in view.plan.findings if one.code in _IMPOSSIBLE]
    return [(one.code, lines[one.span.line - 1].strip(), one.span.line - 1) for one in found]
