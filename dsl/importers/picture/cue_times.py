"""When each cue of a score begins and ends from now on, as far as a list can have its way: what is the
writer's stays possible, and what the list cannot have is told.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from dsl.importers.picture.film_score import SHORTEST_CUE_S, FilmEdit
from dsl.importers.picture.roles import Wanted
from dsl.importers.picture.score_pins import ScoreBlock, ScorePin

_INF = float("inf")


def out_of_order(times: Sequence[float]) -> list[int]:
    """The places of as few times as can be, without which the rest ascend."""
    tails: list[float] = []
    tail_places: list[int] = []
    before: list[int] = [-1] * len(times)
    for place, time in enumerate(times):
        slot = bisect_right(tails, time)
        before[place] = tail_places[slot - 1] if slot else -1
        if slot == len(tails):
            tails.append(time)
            tail_places.append(place)
        else:
            tails[slot], tail_places[slot] = time, place
    kept: set[int] = set()
    place = tail_places[-1] if tail_places else -1
    while place >= 0:
        kept.add(place)
        place = before[place]
    return [place for place in range(len(times)) if place not in kept]


@dataclass(slots=True)
class CueSpan:
    """A cue's time from now on: moments in it lie from `start_s` up to a second before `end_s`."""

    start_s: float
    end_s: float
    block: int
    """The cue of the score, −1 for one that is new."""


@dataclass(slots=True)
class CueTimes:
    """`found` is each wanted moment's place in the score, None where it is new."""

    edit: FilmEdit
    wanted: Sequence[Wanted]
    found: Sequence[ScorePin | None]
    refused: set[int] = field(default_factory=set)
    """Wanted moments that stay as they are, or out."""
    starts: list[float] = field(default_factory=list)
    """When each cue of the score starts from now on."""
    blocks: dict[str, int] = field(default_factory=dict)
    """The score's cues by their keys."""
    new_starts: dict[str, float] = field(default_factory=dict)
    """When cues that the list speaks of start, by their keys."""
    spans: list[CueSpan] = field(default_factory=list)

    def decide(self, refused: Container[Wanted]) -> None:
        """Which moments can be had, but for those that are refused beforehand."""
        for index, one in enumerate(self.wanted):
            if one in refused:
                became = "left out" if self.found[index] is None else "left where they are"
                self.refuse(index, "moments that the score cannot meet", became)
        for index, block in enumerate(self.edit.view.blocks):
            self.blocks.setdefault(block.key, index)
        self.move_starts()
        self.add_starts()
        self.check_ends()
        self.lay_spans()
        self.refuse_outside()

    def refuse(self, index: int, what: str, became: str = "left out") -> None:
        """Says that a wanted moment stays as it is, or out."""
        self.refused.add(index)
        self.edit.left_out(self.wanted[index], what, became)

    def asked(self, role: str) -> Iterator[tuple[int, Wanted]]:
        """The wanted moments of a kind that are not refused."""
        for index, one in enumerate(self.wanted):
            if one.role == role and index not in self.refused:
                yield index, one

    def fixed(self, block: int) -> Iterator[float]:
        """When the moments of a cue are that stay in it whatever comes: those that the list does not speak
        of, and those within text."""
        matched = {
            id(pin): one.t_s
            for index, (one, pin) in enumerate(zip(self.wanted, self.found, strict=True))
            if pin is not None and index not in self.refused
        }
        for pin in self.edit.view.pins:
            if pin.block == block and pin.timecode is not None and pin.role in ("at", "hit"):
                if id(pin) not in matched:
                    yield pin.t_s
                elif pin.mark is not None:
                    yield matched[id(pin)]

    def is_elsewhere(self, t_s: float, other_s: float) -> bool:
        """Whether two times are not the same."""
        return abs(t_s - other_s) > self.edit.tolerance_s

    # ------------------------------------------------------------------------------------------- beginnings

    def move_starts(self) -> None:
        """Cues that the score has. Those that would change places, or begin behind something in them, stay
        where they are: their text is the writer's."""
        blocks = self.edit.view.blocks
        self.starts = [block.start_s for block in blocks]
        moved: dict[int, int] = {}
        ends = {one.key[1]: one.t_s for _, one in self.asked("out")}
        for index, one in list(self.asked("cue")):
            block = self.blocks.get(one.key[1])
            if block is None:
                self.new_starts[one.key[1]] = one.t_s
            elif blocks[block].heading is None and self.is_elsewhere(one.t_s, blocks[block].start_s):
                self.refuse(index, "beginnings of a cue without a heading", "left where they are")
            elif one.t_s > ends.get(one.key[1], _end_of(blocks[block])) - SHORTEST_CUE_S:
                self.refuse(index, "cues that would begin behind their end", "left where they are")
            elif one.t_s > min(self.fixed(block), default=_INF) + self.edit.tolerance_s:
                self.refuse(index, "cues that would begin behind a moment in them", "left where they are")
            else:
                self.starts[block], moved[block] = one.t_s, index
        for block in out_of_order(self.starts):
            if block in moved:
                self.starts[block] = blocks[block].start_s
                self.refuse(moved[block], "cues that change places with others", "left where they are")
        self.new_starts |= {blocks[block].key: self.starts[block] for block in moved}

    def add_starts(self) -> None:
        """Cues that are new: not too near another one, nor before the end that the score gives it."""
        blocks = self.edit.view.blocks
        ends = {one.key[1] for _, one in self.asked("out")}
        there = sorted(
            (start_s, _INF if block.out_s is None or block.key in ends else block.out_s)
            for start_s, block in zip(self.starts, blocks, strict=True)
            if not block.is_open
        )
        for index, one in list(self.asked("cue")):
            if one.key[1] in self.blocks:
                continue
            place = bisect_left(there, (one.t_s,))
            near = there[max(place - 1, 0) : place + 1]
            if any(abs(start_s - one.t_s) < SHORTEST_CUE_S for start_s, _ in near):
                self.refuse(index, "cues within a second of another one")
                del self.new_starts[one.key[1]]
            elif place and one.t_s < there[place - 1][1] < _INF:
                self.refuse(index, "cues that begin before the end of the one before")
                del self.new_starts[one.key[1]]

    # ------------------------------------------------------------------------------------------------ ends

    def check_ends(self) -> None:
        """Ends that no cue can have are left out."""
        starts = sorted({*self.starts, *self.new_starts.values()})
        for index, one in list(self.asked("out")):
            if not one.name:
                continue
            block = self.blocks.get(one.key[1])
            start_s = self.starts[block] if block is not None else self.new_starts.get(one.key[1])
            own = self.edit.view.blocks[block] if block is not None else None
            if start_s is None:
                self.refuse(index, "ends of cues that never begin")
                continue
            if own is not None and own.heading is None and self.is_elsewhere(one.t_s, own.end_s):
                self.refuse(index, "ends of a cue without a heading", "left where they are")
                continue
            place = bisect_right(starts, start_s + 1e-9)
            if one.t_s < start_s + SHORTEST_CUE_S:
                self.refuse(index, "ends of cues before their first second is over")
            elif place < len(starts) and one.t_s > starts[place] + self.edit.tolerance_s:
                self.refuse(index, "ends of cues behind the beginning of the next one")
            elif self.found[index] is None and own is not None and own.out_s is not None:
                self.refuse(index, "ends of cues that the score ends itself", "the score's own @out stays")
            elif block is not None and one.t_s < max(self.fixed(block), default=-_INF) + SHORTEST_CUE_S:
                self.refuse(index, "ends of cues before a moment in them")

    def lay_spans(self) -> None:
        """The time of each cue, from its start to its end or the next one's start."""
        blocks = self.edit.view.blocks
        ends = {one.key[1]: one.t_s for _, one in self.asked("out") if one.name}
        last = next((one.t_s for _, one in self.asked("out") if not one.name), None)
        spans = [
            CueSpan(self.starts[index], ends.get(block.key, _end_of(block)), index)
            for index, block in enumerate(blocks)
        ]
        spans += [
            CueSpan(t_s, ends.get(key, _INF), -1)
            for key, t_s in self.new_starts.items()
            if key not in self.blocks
        ]
        spans.sort(key=lambda span: (span.start_s, span.block))
        for span, following in pairwise(spans):
            span.end_s = min(span.end_s, following.start_s)
        if spans and spans[0].block == 0 and blocks[0].is_open:
            spans[0].start_s = -_INF
        if spans and last is not None:
            spans[-1].end_s = min(spans[-1].end_s, last)
        self.spans = spans or [CueSpan(-_INF, _INF, -1)]

    def refuse_outside(self) -> None:
        """Leaves out the moments that no cue can have."""
        starts = [span.start_s for span in self.spans]
        for index, one in [*self.asked("at"), *self.asked("hit")]:
            place = bisect_right(starts, one.t_s + self.edit.tolerance_s) - 1
            if place < 0 or one.t_s > self.spans[place].end_s:
                self.refuse(index, "moments outside every cue")
            elif one.t_s > self.spans[place].end_s - SHORTEST_CUE_S + 1e-9:
                self.refuse(index, "moments in the last second of a cue, which can have none")


def _end_of(block: ScoreBlock) -> float:
    return _INF if block.out_s is None else block.out_s
