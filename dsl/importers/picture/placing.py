"""Where a list's moments go in a score: those that it has stay in place with another time, new ones are
written where their time is, nothing of the writer's is touched. What cannot be done is told.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from dsl.importers.picture.film_score import SHORTEST_CUE_S, FilmEdit, MomentChange
from dsl.importers.picture.pairing import pair
from dsl.importers.picture.roles import Wanted
from dsl.importers.picture.score_pins import ScoreBlock, ScorePin

_INF = float("inf")


def put_in(edit: FilmEdit, wanted: Sequence[Wanted]) -> str:
    """The score's text with the moments in it; what became of each is in `edit.changes`."""
    wanted = edit.affordable(edit.possible(wanted))
    found, left = pair(wanted, edit.view.pins, edit.tolerance_s)
    _Placing(edit, wanted, found).run()
    for pin in left:
        if pin.is_listed:
            edit.changes.append(MomentChange("gone", pin.role, pin.name or pin.role, pin.t_s, pin.line + 1))
    return edit.text()


def _out_of_order(times: Sequence[float]) -> list[int]:
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
class _Span:
    """A cue's time from now on: moments in it lie from `start_s` up to a second before `end_s`."""

    start_s: float
    end_s: float
    block: int
    """The cue of the score, −1 for one that is new."""


@dataclass(slots=True)
class _Placing:
    """Where every moment goes."""

    edit: FilmEdit
    wanted: Sequence[Wanted]
    found: list[ScorePin | None]
    starts: list[float] = field(default_factory=list)
    """When each cue of the score starts from now on."""
    blocks: dict[str, int] = field(default_factory=dict)
    """The score's cues by their keys."""
    refused: set[int] = field(default_factory=set)
    """Wanted moments that stay as they are, or out."""
    new_starts: dict[str, float] = field(default_factory=dict)
    spans: list[_Span] = field(default_factory=list)
    anchors: list[tuple[float, int, int]] = field(default_factory=list)
    """Time, line, and the last line that belongs to it (from 0), of all that stays, in order."""
    texts: list[tuple[int, float, float]] = field(default_factory=list)
    """Line (from 0), start and end in seconds, of each line of text."""

    def run(self) -> None:
        for index, block in enumerate(self.edit.view.blocks):
            if block.heading is not None:
                self.blocks.setdefault(block.key, index)
        self.new_starts = {one.key[1]: one.t_s for one in reversed(self.wanted) if one.role == "cue"}
        self.set_starts()
        self.lay_spans()
        self.refuse_outside()
        kept = self.keep_order()
        self.set_anchors(kept)
        for index, (one, pin) in enumerate(zip(self.wanted, self.found, strict=True)):
            if index in self.refused:
                continue
            if one.role == "cue":
                self.cue(one, pin)
            elif one.role == "out":
                self.out(one, pin)
            else:
                self.moment(one, pin, index in kept)

    # -------------------------------------------------------------------------------------- what is where

    def set_starts(self) -> None:
        """When each cue of the score starts from now on. Cues that would change places stay where they are:
        their text is the writer's."""
        blocks = self.edit.view.blocks
        self.starts = [block.start_s for block in blocks]
        moved: dict[int, int] = {}
        for index, one in enumerate(self.wanted):
            block = self.blocks.get(one.key[1]) if one.role == "cue" else None
            if block is None:
                continue
            if block in moved:
                self.refuse(index, "cues that are in the list more than once", "the first one counts")
            else:
                self.starts[block], moved[block] = one.t_s, index
        for block in _out_of_order(self.starts):
            if block in moved:
                self.starts[block] = blocks[block].start_s
                self.refuse(moved[block], "cues that change places with others", "left where they are")
        there = sorted(start for start, block in zip(self.starts, blocks, strict=True) if not block.is_open)
        for index, one in enumerate(self.wanted):
            if one.role != "cue" or one.key[1] in self.blocks:
                continue
            place = bisect_left(there, one.t_s)
            near = there[max(place - 1, 0) : place + 1]
            if any(abs(start_s - one.t_s) < SHORTEST_CUE_S for start_s in near):
                self.refuse(index, "cues within a second of another one")
                self.new_starts.pop(one.key[1], None)

    def refuse(self, index: int, what: str, became: str = "left out") -> None:
        """Says that a wanted moment stays as it is, or out."""
        self.refused.add(index)
        self.edit.left_out(self.wanted[index], what, became)

    def lay_spans(self) -> None:
        blocks = self.edit.view.blocks
        ends = {one.key[1]: one.t_s for one in self.wanted if one.role == "out" and one.name}
        last = next((one.t_s for one in self.wanted if one.role == "out" and not one.name), None)
        spans = [
            _Span(self.starts[index], ends.get(block.key, block.out_s or _INF), index)
            for index, block in enumerate(blocks)
        ]
        spans += [
            _Span(t_s, ends.get(key, _INF), -1)
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
        self.spans = spans or [_Span(-_INF, _INF, -1)]

    def refuse_outside(self) -> None:
        """Leaves out the moments that no cue can have."""
        starts = [span.start_s for span in self.spans]
        for index, one in enumerate(self.wanted):
            if one.role in ("cue", "out"):
                continue
            place = bisect_right(starts, one.t_s + self.edit.tolerance_s) - 1
            if place < 0 or one.t_s > self.spans[place].end_s:
                self.refuse(index, "moments outside every cue")
            elif one.t_s > self.spans[place].end_s - SHORTEST_CUE_S + 1e-9:
                self.refuse(index, "moments in the last second of a cue, which can have none")

    def keep_order(self) -> set[int]:
        """The wanted moments whose pins can stay where they stand: the rest would be out of order there."""
        new_times = {
            id(pin): (one.t_s, index)
            for index, (one, pin) in enumerate(zip(self.wanted, self.found, strict=True))
            if pin is not None and index not in self.refused
        }
        by_block: dict[int, list[ScorePin]] = {}
        for pin in self.edit.view.pins:
            if pin.role != "out":
                by_block.setdefault(pin.block, []).append(pin)
        bounds = {span.block: (span.start_s, span.end_s) for span in self.spans}
        kept: set[int] = set()
        for block, pins in by_block.items():
            rows = [new_times.get(id(pin), (pin.t_s, -1)) for pin in pins]
            # What the writer pinned, and cues, stay; among the rest as many as can.
            fixed = [index < 0 or self.wanted[index].role == "cue" for _, index in rows]
            low, high = bounds.get(block, (-_INF, _INF))
            slack = self.edit.tolerance_s
            lows = list(accumulate((t if f else -_INF for (t, _), f in zip(rows, fixed, strict=True)), max))
            highs = list(
                accumulate((t if f else _INF for (t, _), f in zip(rows[::-1], fixed[::-1], strict=True)), min)
            )[::-1]
            free = [
                place
                for place, (t_s, _) in enumerate(rows)
                if not fixed[place]
                and max(low, lows[place]) - slack <= t_s <= min(high, highs[place]) + slack
            ]
            apart = set(_out_of_order([rows[place][0] for place in free]))
            kept |= {rows[place][1] for n, place in enumerate(free) if n not in apart}
        return kept

    def set_anchors(self, kept: set[int]) -> None:
        """What new moments are put in between: cues and pins at the times that they have from now on."""
        view = self.edit.view
        times = {
            id(pin): one.t_s
            for index, (one, pin) in enumerate(zip(self.wanted, self.found, strict=True))
            if pin is not None and (index in kept or one.role == "cue")
        }
        gone = {
            id(pin)
            for index, (one, pin) in enumerate(zip(self.wanted, self.found, strict=True))
            if pin is not None and index not in kept and one.role in ("at", "hit")
        }
        rows = [
            (self.starts[index], block.heading if block.heading is not None else block.first - 1)
            for index, block in enumerate(view.blocks)
        ]
        anchors = [(t_s, line, line) for t_s, line in rows]
        anchors += [
            (times.get(id(pin), pin.t_s), pin.line, pin.last)
            for pin in view.pins
            if pin.role != "out" and id(pin) not in gone
        ]
        anchors.sort(key=lambda anchor: anchor[1])
        self.texts = [(line, start_s, end_s) for block in view.blocks for start_s, end_s, line in block.texts]
        reached = float("-inf")
        for t_s, line, last in anchors:
            reached = max(reached, t_s)
            self.anchors.append((reached, line, last))

    # ------------------------------------------------------------------------------------------ the moments

    def cue(self, one: Wanted, pin: ScorePin | None) -> None:
        """A cue's start, at its heading where the score has that."""
        block = self.block_of(one)
        if block is None:
            self.add(one)
        elif pin is not None:
            self.keep(one, pin)
        elif block.heading is not None:
            self.edit.write(block.heading + 1, -_INF, 0, f"@at {self.edit.label(one.t_s)} // {one.comment}")
            self.told("new", one)

    def out(self, one: Wanted, pin: ScorePin | None) -> None:
        """A cue's end, written behind its start."""
        edit, block = self.edit, self.block_of(one)
        line = f"@out {edit.label(one.t_s)} // {one.comment}"
        start_s = self.new_starts.get(one.key[1], block.start_s if block is not None else None)
        if one.name and start_s is None:
            edit.left_out(one, "ends of cues that never begin")
        elif one.name and start_s is not None and one.t_s < start_s + SHORTEST_CUE_S:
            edit.left_out(one, "ends of cues before their first second is over")
        elif pin is not None:
            self.keep(one, pin)
        elif not one.name:
            if edit.is_new:
                edit.write(len(edit.source.lines), _INF, 0, line)
                self.told("new", one)
        elif block is not None and block.out_s is not None:
            edit.left_out(one, "ends of cues that the score ends itself", "the score's own @out stays")
        elif block is not None and block.heading is not None:
            edit.write(self.behind_start(block), -_INF, 1, line)
            self.told("new", one)
        elif start_s is not None:
            edit.write(self.place(start_s, is_cue=True), start_s, 1, line)
            self.told("new", one)

    def block_of(self, one: Wanted) -> ScoreBlock | None:
        """The score's cue that a cue's start or end is about."""
        index = self.blocks.get(one.key[1])
        return self.edit.view.blocks[index] if index is not None else None

    def behind_start(self, block: ScoreBlock) -> int:
        """The line (from 0) behind a cue's heading and the `@at` that says when it starts."""
        assert block.heading is not None
        pins = self.edit.view.pins
        line = next(
            (pin.line for pin in pins if pin.role == "cue" and pin.key[1] == block.key), block.heading
        )
        return line + 1

    def moment(self, one: Wanted, pin: ScorePin | None, is_kept: bool) -> None:
        edit = self.edit
        if pin is None:
            self.add(one)
        elif is_kept or abs(pin.t_s - one.t_s) <= edit.tolerance_s:
            self.keep(one, pin)
        elif pin.mark is not None:
            edit.left_out(one, "hits within text whose time is elsewhere", "left where they are")
        elif pin.timecode is None:
            edit.left_out(one, "hits of the score whose time is elsewhere", "left where they are")
        else:
            edit.removed |= {pin.line, pin.last}
            edit.insert(self.place(one.t_s), one)
            self.told("moved", one, pin)

    def keep(self, one: Wanted, pin: ScorePin) -> None:
        if abs(pin.t_s - one.t_s) > self.edit.tolerance_s:
            self.edit.move(pin, one)
            self.told("moved", one, pin)
        else:
            self.told("same", one, pin)

    def add(self, one: Wanted) -> None:
        self.edit.insert(self.place(one.t_s, is_cue=one.role == "cue"), one)
        self.told("new", one)

    def told(self, how: str, one: Wanted, pin: ScorePin | None = None) -> None:
        line = pin.line + 1 if pin is not None else 0
        self.edit.changes.append(MomentChange(how, one.role, one.name or one.comment, one.t_s, line))
        self.edit.placed.append(one)

    def place(self, t_s: float, is_cue: bool = False) -> int:
        """Before which line (from 0) what happens at `t_s` is written: behind what comes before it, between
        the two lines of text whose border is nearest."""
        view, lines = self.edit.view, self.edit.source.lines
        if not self.anchors:
            return len(lines)
        index = bisect_right(self.anchors, t_s + self.edit.tolerance_s, key=lambda anchor: anchor[0]) - 1
        if index < 0:
            block = view.blocks[0]
            first = block.heading if block.heading is not None else block.first
            return first if is_cue else first + (block.heading is not None)
        behind = self.anchors[index][2] + 1
        before = self.anchors[index + 1][1] if index + 1 < len(self.anchors) else len(lines)
        texts = self.texts
        for index in range(bisect_left(texts, (behind,)), len(texts)):
            line, start_s, end_s = texts[index]
            if line >= before:
                break
            if t_s <= (start_s + end_s) / 2:
                return behind
            behind = line + 1
        return self.last_said(behind, before)

    def last_said(self, first: int, stop: int) -> int:
        """Behind the last line in a stretch that says anything: comments and gaps above what follows stay
        with that."""
        lines = self.edit.source.lines
        for line in range(stop - 1, first - 1, -1):
            text = lines[line].strip()
            if text and not text.startswith("//"):
                return line + 1
        return first
