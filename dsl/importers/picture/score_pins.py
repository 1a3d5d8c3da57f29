"""What of a score a list of cuts or markers can have put there, or may move: its pinned moments, hits and
cues, each with its place in the text and its time.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from dsl.check import check_source
from dsl.cue_names import cue_label, cue_number
from dsl.film_clock import FilmClock, counts_drop_frame
from dsl.importers.picture.roles import Role, cue_of
from dsl.plan import Plan
from dsl.planner import plan_document
from dsl.syntax import (
    AtDirective,
    Columns,
    Comment,
    CueBlock,
    Dialogue,
    DirectiveLine,
    Document,
    HitDirective,
    Mark,
    MotifEntry,
    OutDirective,
    Text,
)
from dsl.vocabulary import fold

FROM_LISTS = ("cut", "marker")
"""A comment behind an `@at` that begins so says that the moment came from a list."""


@dataclass(frozen=True, slots=True)
class ScorePin:
    """A moment of the score. `line` (from 0) is the line of its `@at` or `@out`, or of its hit where that has
    no `@at`; `last` the last line that belongs to it. `timecode` are the columns of what it writes, None
    where it writes none. `is_inline`: it is a mark in text, at `mark` (columns)."""

    role: Role
    key: tuple[str, str]
    line: int
    last: int
    t_s: float
    block: int
    timecode: Columns | None
    is_listed: bool
    name: str
    mark: Columns | None = None


@dataclass(slots=True)
class ScoreBlock:
    """A cue in the text: `heading` (from 0; None for what stands before all headings), lines `first` up to
    `stop` of its body, and when it starts. `is_open`: nothing but a listed cut says when it starts."""

    heading: int | None
    first: int
    stop: int
    key: str
    start_s: float
    is_open: bool
    out_s: float | None = None
    end_s: float = 0.0
    """When it ends by the plan."""
    label: str = ""
    """What lists that the score is written out as call it; "" where it is not in them."""
    texts: list[tuple[float, float, int]] = field(default_factory=list)
    """Start and end in seconds, and the line (from 0), of each line of text."""


@dataclass(frozen=True, slots=True)
class ScoreView:
    """A score as a list meets it."""

    document: Document
    plan: Plan
    film: FilmClock
    is_drop: bool
    blocks: tuple[ScoreBlock, ...]
    pins: tuple[ScorePin, ...]

    @property
    def has_times(self) -> bool:
        """Whether the score has a clock of its own already."""
        return self.film.start is not None or any(pin.timecode is not None for pin in self.pins)


def view_score(text: str, folder: str) -> ScoreView:
    """The score's cues and moments. Raises nothing, whatever the text."""
    document = check_source(text).document
    plan = plan_document(document, folder)
    film = FilmClock(document.front_matter.fps, document.front_matter.start)
    blocks: list[ScoreBlock] = []
    pins: list[ScorePin] = []
    times = _times_of(plan)
    starts = {cue.span.line: cue for cue in plan.cues}
    before_s = 0.0
    seen: Counter[str] = Counter()
    for index, block in enumerate(document.cues()):
        scan = _Scan(document, film, block, index, times)
        seen[scan.key] += 1
        if seen[scan.key] > 1:  # of cues called alike the first one is meant
            scan.key += f" ({seen[scan.key]})"
        found = list(scan.pins())
        planned = starts.get(block.line)
        start_s = planned.start_s if planned is not None else scan.first_s(before_s)
        pinned = scan.start_pin
        out = next((pin.t_s for pin in found if pin.role == "out"), None)
        texts = [
            (line.start_s, line.end_s, line.span.line - 1)
            for line in (planned.lines if planned is not None else ())
        ]
        end_s = planned.end_s if planned is not None else start_s
        heading = block.line - 1 if block.heading is not None else None
        first = block.body.start - 1
        is_open = pinned is None or (pinned.is_listed and pinned.role == "at")
        blocks.append(
            ScoreBlock(
                heading,
                first,
                block.body.stop - 1,
                scan.key,
                start_s,
                is_open and index == 0,
                out,
                end_s,
                cue_label(planned.id, planned.title) if planned is not None else "",
                texts,
            )
        )
        pins += found
        before_s = end_s
    return ScoreView(document, plan, film, counts_drop_frame(document), tuple(blocks), tuple(pins))


def _times_of(plan: Plan) -> dict[tuple[int, int], float]:
    """When each hit is, by its line and column from 1; (line, 0) is the first hit of its line."""
    times: dict[tuple[int, int], float] = {}
    for cue in plan.cues:
        for event in cue.events:
            if event.kind == "hit":
                times.setdefault((event.span.line, 0), event.t_s)
                times[event.span.line, event.span.column] = event.t_s
    return times


@dataclass(slots=True)
class _Scan:
    """One cue's moments."""

    document: Document
    film: FilmClock
    block: CueBlock
    index: int
    times: dict[tuple[int, int], float]
    start_pin: ScorePin | None = None
    key: str = ""
    named: str = ""
    """The key as it would be if no other cue were called so."""

    def __post_init__(self) -> None:
        heading = self.block.heading
        number = heading.number.text if heading is not None and heading.number is not None else ""
        self.key = self.named = fold(number or (heading.title if heading is not None else ""))

    def first_s(self, otherwise_s: float) -> float:
        return self.start_pin.t_s if self.start_pin is not None else otherwise_s

    def pins(self) -> Iterator[ScorePin]:
        is_timed = False
        skip: int | None = None
        for number in self.block.body:
            item = self.document.items[number - 1]
            if isinstance(item, Text | Dialogue):
                is_timed = True
                yield from self.marks(number, item)
            elif isinstance(item, DirectiveLine):
                directive = item.directive
                if isinstance(directive, AtDirective):
                    pin = self.at(number, item, directive, is_timed)
                    if not is_timed and self.start_pin is None:
                        self.start_pin = pin
                    skip = pin.last + 1 if pin.role == "hit" else None
                    yield pin
                elif isinstance(directive, OutDirective):
                    time = self.film.seconds(directive.time)
                    listed = self.listed(item.comment)
                    key = ("out", self.out_key(item.comment))
                    columns = directive.time.columns
                    yield ScorePin(
                        "out", key, number - 1, number - 1, time, self.index, columns, listed, self.key
                    )
                elif isinstance(directive, HitDirective):
                    is_timed = True
                    if skip != number:
                        name = directive.label.text if directive.label is not None else ""
                        t_s = self.times.get((number, 0), -1.0)
                        key = ("hit", fold(name))
                        yield ScorePin("hit", key, number - 1, number - 1, t_s, self.index, None, False, name)
                elif isinstance(directive, MotifEntry):
                    is_timed = True

    def listed(self, comment: Comment | None) -> bool:
        return comment is not None and comment.text.startswith(FROM_LISTS)

    def out_key(self, comment: Comment | None) -> str:
        return fold("cut: end") if comment is not None and comment.text == "cut: end" else self.key

    def at(self, number: int, item: DirectiveLine, at: AtDirective, is_timed: bool) -> ScorePin:
        comment = item.comment.text if item.comment is not None else ""
        listed = self.listed(item.comment)
        time, columns = self.film.seconds(at.time), at.time.columns
        place = (number - 1, number - 1, time, self.index, columns, listed)
        first = not is_timed and self.start_pin is None and self.block.heading is not None
        if first and self.is_own_start(comment):
            return ScorePin("cue", ("cue", self.key), *place, self.key)
        hit = self.hit_under(number)
        if hit is not None:
            line, label = hit
            place = (number - 1, line - 1, time, self.index, columns, listed)
            if label is not None and not comment.startswith("cut"):
                return ScorePin("hit", ("hit", fold(label)), *place, label)
            if label is None and listed:
                return ScorePin("hit", ("at", fold(comment)), *place, comment)
        return ScorePin("at", ("at", fold(comment)), number - 1, number - 1, *place[2:], comment)

    def is_own_start(self, comment: str) -> bool:
        """Whether the cue's first `@at` says when the cue itself starts, not when something comes in it."""
        if not comment.startswith(FROM_LISTS):
            return True
        kind, _, name = comment.partition(":")
        named = cue_of(name.strip())[0] if kind == "marker" else name.strip()
        return named is not None and self.named in (
            fold(cue_number(named) or named),
            fold(named),  # a title
            fold(name.strip()),  # one that looks like a number with its sign: #1m1
        )

    def hit_under(self, number: int) -> tuple[int, str | None] | None:
        """The line and the name of a hit right under a line, comments between them or not."""
        for below in range(number + 1, self.block.body.stop):
            item = self.document.items[below - 1]
            if isinstance(item, Comment):
                continue
            if isinstance(item, DirectiveLine) and isinstance(item.directive, HitDirective):
                return below, item.directive.label.text if item.directive.label else None
            return None
        return None

    def time_of(self, number: int, mark: Mark) -> float:
        """When a hit within text is by the plan; −1 where it is not planned."""
        places = ((number, column) for column in range(mark.columns.start, mark.columns.end))
        found = next((place for place in places if place in self.times), (number, 0))
        return self.times.get(found, -1.0)

    def marks(self, number: int, item: Text | Dialogue) -> Iterator[ScorePin]:
        before: Mark | None = None
        for mark in item.marks:
            directive = mark.directive
            if isinstance(directive, HitDirective):
                adjacent = before is not None and before.position == mark.position
                at = before.directive if before is not None and adjacent else None
                timed = at if isinstance(at, AtDirective) else None
                t_s = self.film.seconds(timed.time) if timed is not None else self.time_of(number, mark)
                columns = timed.time.columns if timed is not None else None
                name = directive.label.text if directive.label is not None else ""
                key = ("hit", fold(name))
                yield ScorePin(
                    "hit", key, number - 1, number - 1, t_s, self.index, columns, False, name, mark.columns
                )
            elif isinstance(directive, AtDirective):
                key = ("at", f"in line {number}")
                t_s = self.film.seconds(directive.time)
                yield ScorePin(
                    "at",
                    key,
                    number - 1,
                    number - 1,
                    t_s,
                    self.index,
                    directive.time.columns,
                    False,
                    "",
                    mark.columns,
                )
            before = mark
