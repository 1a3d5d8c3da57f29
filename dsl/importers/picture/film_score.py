"""Edits of a score's text that a list of cuts or markers asks for: timecodes replaced, moments written, and
what became of each. Which go where is `placing`'s to say.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dsl.importers.picture.roles import Wanted, plain
from dsl.importers.picture.score_pins import ScorePin, ScoreView
from dsl.importers.story import Remark
from dsl.limits import MOST_CUES
from dsl.parse import MAX_DIRECTIVE_CHARACTERS
from dsl.source import Source

LAST_S = 22 * 3600.0
"""A score ends at 24 hours, and its last cue needs room."""
SHORTEST_CUE_S = 1.0
"""A cue cannot end sooner behind its last moment, nor behind its start."""
_BUDGET = MAX_DIRECTIVE_CHARACTERS * 9 // 10
_ORDER = {"cue": 0, "out": 1, "at": 2, "hit": 3}


@dataclass(frozen=True, slots=True)
class MomentChange:
    """What became of a wanted moment: `how` is new, moved, same, gone or `left out`; `line` of the score's
    text before (from 1; 0 where there was none)."""

    how: str
    role: str
    name: str
    t_s: float
    line: int = 0


@dataclass(slots=True)
class FilmEdit:
    """The edits of one score, and what is to be told of them."""

    view: ScoreView
    source: Source
    tolerance_s: float
    remarks: list[Remark]
    is_new: bool = False
    changes: list[MomentChange] = field(default_factory=list)
    replaced: dict[int, list[tuple[int, int, str]]] = field(default_factory=dict)
    """By line (from 0): columns from, up to (from 0) and what takes their place."""
    removed: set[int] = field(default_factory=set)
    inserted: dict[int, list[tuple[float, int, list[str]]]] = field(default_factory=dict)
    """Before which line (from 0): time, order among those of one time, the lines."""
    placed: list[Wanted] = field(default_factory=list)
    """What the score is to have, as far as it can."""

    # ------------------------------------------------------------------------------------ what is possible

    def left_out(self, one: Wanted, what: str, why: str = "left out") -> None:
        """Says that a moment is not in the score, and why."""
        self.remarks.append(Remark(one.line, what, why, one.column))
        self.changes.append(MomentChange("left out", one.role, one.name or one.comment, one.t_s))

    def possible(self, wanted: Sequence[Wanted]) -> list[Wanted]:
        """Those that a score can have at all: not beyond its length, cues not on top of each other."""
        kept: list[Wanted] = []
        last_cue = -SHORTEST_CUE_S
        for one in wanted:
            if one.t_s > LAST_S:
                self.left_out(one, "times beyond 22 hours")
            elif one.role == "cue" and one.t_s < last_cue + SHORTEST_CUE_S:
                self.left_out(one, "cues within a second of the one before")
            else:
                if one.role == "cue":
                    last_cue = one.t_s
                kept.append(one)
        return kept

    def once(self, wanted: Sequence[Wanted]) -> list[Wanted]:
        """Each cue's beginning and end once: a number is one cue's."""
        kept: list[Wanted] = []
        seen: set[tuple[str, str]] = set()
        for one in wanted:
            if one.role in ("cue", "out"):
                if one.key in seen:
                    what = "cues" if one.role == "cue" else "ends of cues"
                    self.left_out(one, f"{what} that are in the list more than once", "the first one counts")
                    continue
                seen.add(one.key)
            kept.append(one)
        return kept

    def affordable(self, wanted: list[Wanted]) -> list[Wanted]:
        """As many as one score can hold: cues and markers before cuts."""
        spent = sum(len(self.source.lines[pin.line]) for pin in self.view.pins)
        kept: set[int] = set()
        cues = len(self.view.blocks)
        for is_cut in (False, True):
            for index, one in enumerate(wanted):
                if one.comment.startswith("cut") != is_cut:
                    continue
                cost = 24 + len(one.comment) + (len(one.name) + 6 if one.role == "hit" else 0)
                cues += one.role == "cue"
                if spent + cost > _BUDGET or (one.role == "cue" and cues > MOST_CUES):
                    self.left_out(one, "moments beyond what one score can hold", "left out; divide the list")
                    continue
                spent += cost
                kept.add(index)
        return [one for index, one in enumerate(wanted) if index in kept]

    # ------------------------------------------------------------------------------------------ writing

    def label(self, t_s: float) -> str:
        """The time as this score writes it."""
        return self.view.film.label(t_s, self.view.is_drop)

    def move(self, pin: ScorePin, one: Wanted) -> None:
        """Another timecode in the place of the one that stands there, or one before a hit that has none."""
        label = self.label(one.t_s)
        if pin.timecode is not None:
            edit = (pin.timecode.start - 1, pin.timecode.end - 1, label)
            self.replaced.setdefault(pin.line, []).append(edit)
        elif pin.mark is not None:
            self.replaced.setdefault(pin.line, []).append(
                (pin.mark.start - 1, pin.mark.start - 1, f"{{at {label}}}")
            )
        else:
            self.write(pin.line, one.t_s, _ORDER[one.role], f"@at {label} // {one.comment}")

    def write(self, index: int, t_s: float, order: int, line: str) -> None:
        """Writes a line before another (from 0); `t_s` and `order` say which come first of those there."""
        self.inserted.setdefault(index, []).append((t_s, order, [line]))

    def relocate(self, pin: ScorePin, index: int, one: Wanted) -> None:
        """Takes a moment's own lines, as they are but for the time, to before another line (from 0); what is
        noted above them goes along where it is the list's."""
        assert pin.timecode is not None
        own = self.source.lines
        at = own[pin.line]
        lines = [at[: pin.timecode.start - 1] + self.label(one.t_s) + at[pin.timecode.end - 1 :]]
        if pin.last != pin.line:
            lines.append(own[pin.last])
        self.removed |= {pin.line, pin.last}
        if one.note and pin.line and own[pin.line - 1].strip() == f"// {one.note}":
            self.removed.add(pin.line - 1)
            lines.insert(0, own[pin.line - 1])
        self.inserted.setdefault(index, []).append((one.t_s, _ORDER[one.role], lines))

    def insert(self, index: int, one: Wanted) -> None:
        """Writes a moment before a line (from 0)."""
        label = self.label(one.t_s)
        lines = [f"// {one.note}"] if one.note else []
        if one.role == "cue":
            lines = ["", f"# {plain(one.name)}", *lines, f"@at {label} // {one.comment}"]
        elif one.role == "out":
            lines.append(f"@out {label} // {one.comment}")
        elif one.role == "at":
            lines.append(f"@at {label} // {one.comment}")
        else:
            lines += [f"@at {label} // {one.comment}", f"@hit {one.name}".rstrip()]
        self.inserted.setdefault(index, []).append((one.t_s, _ORDER[one.role], lines))

    def text(self) -> str:
        """The text with all edits, each line with its own ending."""
        lines, endings = self.source.lines, self.source.endings
        usual = next((ending for ending in endings if ending), "\n")
        written: list[str] = []

        def write(some: Iterable[str]) -> None:
            if written and not written[-1].endswith(("\n", "\r")):
                written[-1] += usual
            for line in some:
                if line or not written or written[-1].strip():
                    written.append(line + usual)

        for index in range(len(lines) + 1):
            if index in self.inserted:
                for _, _, some in sorted(self.inserted[index], key=lambda one: one[:2]):
                    write(some)
            if index == len(lines) or index in self.removed:
                continue
            line = lines[index]
            for start, stop, words in sorted(self.replaced.get(index, []), reverse=True):
                line = line[:start] + words + line[stop:]
            written.append(line + endings[index])
        return "".join(written)
