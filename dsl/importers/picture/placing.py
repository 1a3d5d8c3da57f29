"""Where a list's moments go in a score: those that it has stay in place with another time, new ones are
written where their time is, nothing of the writer's is touched. What cannot be done is told.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from dsl.importers.picture.cue_times import CueTimes, out_of_order
from dsl.importers.picture.film_score import FilmEdit, MomentChange
from dsl.importers.picture.pairing import pair
from dsl.importers.picture.roles import Wanted
from dsl.importers.picture.score_pins import ScoreBlock, ScorePin

_INF = float("inf")


def put_in(edit: FilmEdit, wanted: Sequence[Wanted], refused: Container[Wanted] = ()) -> str:
    """The score's text with the moments in it, but for those that are `refused`; what became of each is in
    `edit.changes`."""
    found, left = pair(wanted, edit.view.pins, edit.tolerance_s)
    times = CueTimes(edit, wanted, found)
    times.decide(refused)
    _Placing(edit, wanted, found, times).run()
    # A list that a score wrote out has its cues and hits, and cannot have lost what it never had.
    own = {one.role for one in wanted} if all(one.is_own for one in wanted) else None
    for pin in left:
        if pin.is_listed and (own is None or pin.role in own):
            edit.changes.append(MomentChange("gone", pin.role, pin.name or pin.role, pin.t_s, pin.line + 1))
    return edit.text()


@dataclass(slots=True)
class _Placing:
    """Where every moment goes."""

    edit: FilmEdit
    wanted: Sequence[Wanted]
    found: list[ScorePin | None]
    times: CueTimes
    anchors: list[tuple[float, int, int]] = field(default_factory=list)
    """Time, line, and the last line that belongs to it (from 0), of all that stays, in order."""
    texts: list[tuple[int, float, float]] = field(default_factory=list)
    """Line (from 0), start and end in seconds, of each line of text."""

    def run(self) -> None:
        kept = self.keep_order()
        self.set_anchors(kept)
        for index, (one, pin) in enumerate(zip(self.wanted, self.found, strict=True)):
            if index in self.times.refused:
                continue
            if one.role == "cue":
                self.cue(one, pin)
            elif one.role == "out":
                self.out(one, pin)
            else:
                self.moment(one, pin, index in kept)

    # -------------------------------------------------------------------------------------- what is where

    def keep_order(self) -> set[int]:
        """The wanted moments whose pins can stay where they stand: the rest would be out of order there."""
        new_times = {
            id(pin): (one.t_s, index)
            for index, (one, pin) in enumerate(zip(self.wanted, self.found, strict=True))
            if pin is not None and index not in self.times.refused
        }
        by_block: dict[int, list[ScorePin]] = {}
        for pin in self.edit.view.pins:
            if pin.role != "out":
                by_block.setdefault(pin.block, []).append(pin)
        bounds = {span.block: (span.start_s, span.end_s) for span in self.times.spans}
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
            apart = set(out_of_order([rows[place][0] for place in free]))
            kept |= {rows[place][1] for n, place in enumerate(free) if n not in apart}
        return kept

    def set_anchors(self, kept: set[int]) -> None:
        """What new moments are put in between: cues and pins at the times that they have from now on."""
        view = self.edit.view
        times = {
            id(pin): one.t_s
            for index, (one, pin) in enumerate(zip(self.wanted, self.found, strict=True))
            if pin is not None and index not in self.times.refused and (index in kept or one.role == "cue")
        }
        gone = {
            id(pin)
            for index, (one, pin) in enumerate(zip(self.wanted, self.found, strict=True))
            if pin is not None and index not in kept and one.role in ("at", "hit")
        }
        rows = [
            (self.times.starts[index], block.heading if block.heading is not None else block.first - 1)
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
        elif one.is_own and abs(block.start_s - one.t_s) <= self.edit.tolerance_s:
            self.told("same", one)
        elif block.heading is not None:
            self.edit.write(block.heading + 1, -_INF, 0, f"@at {self.edit.label(one.t_s)} // {one.comment}")
            self.told("new", one)

    def out(self, one: Wanted, pin: ScorePin | None) -> None:
        """A cue's end, written behind its start."""
        edit, block = self.edit, self.block_of(one)
        line = f"@out {edit.label(one.t_s)} // {one.comment}"
        if pin is not None:
            self.keep(one, pin)
        elif not one.name:
            if edit.is_new:
                edit.write(len(edit.source.lines), _INF, 0, line)
                self.told("new", one)
        elif one.is_own and block is not None and abs(block.end_s - one.t_s) <= edit.tolerance_s:
            self.told("same", one)
        elif block is not None and block.heading is not None:
            edit.write(self.behind_start(block), -_INF, 1, line)
            self.told("new", one)
        elif (start_s := self.times.new_starts.get(one.key[1])) is not None:
            edit.write(self.place(start_s, is_cue=True), start_s, 1, line)
            self.told("new", one)

    def block_of(self, one: Wanted) -> ScoreBlock | None:
        """The score's cue that a cue's start or end is about."""
        index = self.times.blocks.get(one.key[1])
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
            edit.relocate(pin, self.place(one.t_s), one)
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
