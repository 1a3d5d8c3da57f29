"""One open score, without a screen: its text and file, what the language says of it, what was composed, what
is heard.

The screen tells the session of every edit; the slow parts (`check`, `Studio.analyse`, `Studio.compose`) run
elsewhere and bring their results back with the revision they were made from, so that stale ones are dropped
here. Nothing in this file draws, waits or starts a thread.
"""

import os
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.diagnostics import Finding, Fix, Span
from dsl.limits import MOST_TAKES
from dsl.plan import Plan, PlannedCue, PlannedLine, RoleName
from dsl.source import place
from tui.checking import Check
from tui.cue_edits import freeze_edit, take_edit
from tui.files import Problem, ScoreFile, save_score
from tui.panes import ArcCue, CueRow, TakeRow
from tui.steering import Steer
from tui.studio.protocol import Analysed
from tui.take_rows import rows_of

if TYPE_CHECKING:
    from dsl.syntax import CueBlock, Document
    from engine.composition import Composition
    from engine.render.pieces import Sounding
    from engine.report import CueReport
    from engine.taste.choices import TakesOnOffer


@dataclass(frozen=True, slots=True)
class Composed:
    """Music made from revision `revision`, with the takes that were being tried."""

    revision: int
    composition: "Composition"
    auditions: dict[str, int]
    more_takes: int = 0
    steer: Steer | None = None
    """Towards what it was turned while somebody wrote; None: it is what the text says."""


def _neutral(t_s: float) -> tuple[float, float]:
    """What is asked where nothing is known yet."""
    return 0.0, 0.0


@dataclass(slots=True)
class Session:
    """The state of one score. `saved` is the text as it is on disk, or its template's where it is new."""

    file: ScoreFile
    text: str = ""
    saved: str = ""
    revision: int = 0
    checked: Check | None = None
    analysed: Analysed | None = None
    analysed_revision: int = -1
    composed: Composed | None = None
    sounding: "Sounding | None" = None
    auditions: dict[str, int] = field(default_factory=dict)
    more_takes: int = 0
    """Candidates a cue beyond those of the settings, while somebody chooses among them."""
    pinned: dict[str, int] = field(default_factory=dict)
    """Takes that stay what they are meanwhile: more candidates for one cue must not change the others."""
    muted: set[RoleName] = field(default_factory=set)
    solo: set[RoleName] = field(default_factory=set)
    loop: tuple[float, float] | None = None
    cursor: tuple[int, int] = (1, 1)
    position_s: float = 0.0
    rendered_as: tuple[tuple[str, ...], Path] | None = None
    """The formats and the folder that it was last rendered to."""
    _settled: dict[str, dict[int, float]] = field(default_factory=dict, repr=False)
    """By cue, the matches of takes that were heard as they will be, of this revision: trying one moves it."""
    _split: tuple[int, list[str]] = field(default=(-1, []), repr=False)

    @classmethod
    def of(cls, file: ScoreFile) -> "Session":
        return cls(file, file.text, file.text)

    # ------------------------------------------------------------------------------------------- text

    @property
    def name(self) -> str:
        return self.file.path.name

    @property
    def is_modified(self) -> bool:
        """Whether something would be lost. A new score that says nothing yet, or only what its template says,
        holds nobody's work."""
        return self.text != self.saved and bool(self.text or self.file.stamp)

    @property
    def would_be_lost(self) -> bool:
        """Whether what stands here stands nowhere else: it was changed, or its file is gone."""
        return self.is_modified or bool(self.text and self.file.stamp and not os.path.exists(self.file.path))

    @property
    def is_blank(self) -> bool:
        """An empty score that is on no disk: it gives its place to whatever is opened or begun next."""
        return not self.text and self.file.stamp is None

    @property
    def folder(self) -> Path:
        return self.file.path.parent

    def edited(self, text: str) -> bool:
        """Take over a text; False where nothing changed."""
        if text == self.text:
            return False
        self.text = text
        self.revision += 1
        return True

    def outdated(self) -> None:
        """A file that the text includes has changed: what was made from it is of an earlier revision."""
        self.revision += 1

    def source_line(self, line: int) -> str:
        """A line of the text as it stands (from 1), "" where there is none."""
        if self._split[0] != self.revision:
            self._split = (self.revision, self.text.split("\n"))
        lines = self._split[1]
        return lines[line - 1] if 1 <= line <= len(lines) else ""

    def save(self, overwrite: bool = False, even_read_only: bool = False) -> Problem | None:
        """Write the text to its file. Where that fails the text stays as it is."""
        text = self.text
        done = save_score(self.file, text, overwrite, even_read_only)
        if isinstance(done, Problem):
            return done
        self.file, self.saved = done, text
        return None

    # ---------------------------------------------------------------------------------------- results

    def take_check(self, result: Check) -> bool:
        """Keep a result unless something newer is known."""
        if result.revision != self.revision:
            return False
        self.checked = result
        known = {cue.id for cue in result.plan.cues} if result.plan else set()
        self.auditions = {cue: take for cue, take in self.auditions.items() if cue in known}
        return True

    def take_analysis(self, revision: int, result: Analysed) -> bool:
        if revision != self.revision:
            return False
        self.analysed, self.analysed_revision = result, revision
        return True

    def take_composition(self, result: Composed) -> bool:
        if not self._is_of_now(result) and not self._is_newer(result):
            return False
        if self.composed is None or self.composed.revision != result.revision:
            self._settled = {}
        self.composed = result
        made = result.composition
        for report, matches, unmoved in zip(made.cues, made.take_matches, made.unmoved, strict=False):
            known = self._settled.setdefault(report.id, {})
            known |= {number: match for number, match in matches if number not in unmoved}
        return True

    def _is_of_now(self, result: Composed) -> bool:
        return (result.revision, result.auditions, result.more_takes) == (
            self.revision,
            self.auditions,
            self.more_takes,
        )

    def _is_newer(self, result: Composed) -> bool:
        """Whether music that follows the writing is of a later text than what is held: the text goes on
        meanwhile, and to wait for its end would be to hear nothing of it."""
        known = self.composed.revision if self.composed else -1
        return result.steer is not None and result.revision > known and result.auditions == self.auditions

    # ------------------------------------------------------------------------------------ what is shown

    @property
    def plan(self) -> Plan | None:
        """The plan that times go by: the composed one where it is of this text, else the planner's."""
        if self.composed and self.composed.revision == self.revision:
            return self.composed.composition.plan
        return self.checked.plan if self.checked else None

    @property
    def is_current(self) -> bool:
        """Whether what was composed is of the text as it stands."""
        return self.composed is not None and self._is_of_now(self.composed)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the language says, and what reading and composing the text as it stands have found beside
        that; nothing of a script that has not been begun."""
        if self.checked is None or not self.text.strip():
            return ()
        found = list(self.checked.findings)
        if self.analysed is not None and self.analysed_revision == self.revision:
            found += self.analysed.findings
        if self.composed is not None and self.is_current and not self.checked.has_errors:
            found += self.composed.composition.plan.findings
        if len(found) == len(self.checked.findings):
            return self.checked.findings
        return tuple(sorted(dict.fromkeys(found), key=place))

    @property
    def duration_s(self) -> float:
        if self.composed:
            return self.composed.composition.score.duration_s
        return self.plan.duration_s if self.plan else 0.0

    @property
    def silent(self) -> frozenset[RoleName]:
        """Roles that do not sound: the muted ones, or all but those on solo."""
        roles = {track.role for track in self.composed.composition.score.tracks} if self.composed else set()
        return frozenset((roles - self.solo) if self.solo else self.muted)

    def report_of(self, cue_id: str) -> "CueReport | None":
        if self.composed is None:
            return None
        return next((report for report in self.composed.composition.cues if report.id == cue_id), None)

    def cue_rows(self, busy: bool) -> list[CueRow]:
        """The cue list. A cue whose music is being made again shows no match."""
        rows = []
        for cue in self.plan.cues if self.plan else ():
            report = self.report_of(cue.id)
            rows.append(
                CueRow(
                    cue.id,
                    cue.title,
                    cue.start_s,
                    cue.end_s,
                    report.match if report else None,
                    report.take if report else None,
                    report.takes if report else 0,
                    kept=cue.take is not None and cue.id not in self.auditions,
                    busy=busy and report is None,
                )
            )
        return rows

    def arc(self) -> list[ArcCue]:
        """What is asked (the composed curves, the analysed ones, or the directives alone) and heard, cue by
        cue."""
        plan = self.plan
        if plan is None:
            return []
        curves = self._curves(plan)
        found = []
        for cue, asked in zip(plan.cues, curves, strict=True):
            report = self.report_of(cue.id)
            heard = (report.heard.valence, report.heard.arousal) if report else None
            found.append(ArcCue(cue.start_s, cue.end_s, asked, heard))
        return found

    def spoken(self) -> "list[tuple[float, float]]":
        """From when to when each line is spoken by a recording (`@voice`), seconds; lines that are read by
        pace are not among them."""
        lines = [line for cue in self.plan.cues for line in cue.lines] if self.plan else []
        return [(line.start_s, line.end_s) for line in lines if line.confidence is not None]

    def _curves(self, plan: Plan) -> "Sequence[Callable[[float], tuple[float, float]]]":
        if self.is_current and self.composed is not None:
            return [curve.at for curve in self.composed.composition.curves]
        known = self.analysed.curves if self.analysed else self.checked.curves if self.checked else ()
        curves = [curve.at for curve in known[: len(plan.cues)]]
        return curves + [_neutral] * (len(plan.cues) - len(curves))

    # ------------------------------------------------------------------------------- from time to source

    def cue_at(self, t_s: float) -> int | None:
        """The cue that sounds at a time."""
        for index, cue in enumerate(self.plan.cues if self.plan else ()):
            if cue.start_s <= t_s < cue.end_s:
                return index
        return None

    def cue_of_line(self, line: int) -> int | None:
        """The cue that a source line belongs to."""
        at = bisect_right(self.checked.cue_lines, line) if self.checked else 0
        return at - 1 if at else None

    def line_at(self, t_s: float) -> PlannedLine | None:
        """The line of script that is read at a time, or was read last in that cue."""
        index = self.cue_at(t_s)
        if self.plan is None or index is None:
            return None
        begun = [line for line in self.plan.cues[index].lines if line.start_s <= t_s + 1e-6]
        return begun[-1] if begun else None

    def place_at(self, t_s: float) -> Span | None:
        """Where in the source the music at `t_s` comes from: its line, or its cue."""
        line = self.line_at(t_s)
        if line is not None:
            return line.span
        index = self.cue_at(t_s)
        return self.plan.cues[index].span if self.plan and index is not None else None

    def sentence_at(self, t_s: float) -> Span | None:
        """The sentence being scored: a stretch of one source line. None between lines and while the text is
        newer."""
        line = self.line_at(t_s)
        if line is None or t_s > line.end_s + 0.3:
            return None
        span = line.span
        source = self.source_line(span.line)
        spoken = self.composed.composition.sentences if self.composed and self.is_current else ()
        for sentence in spoken:
            if sentence.start_s <= t_s < sentence.end_s and line.start_s <= sentence.start_s < line.end_s:
                at = source.find(sentence.reading.text.strip())
                if at >= 0:
                    words = sentence.reading.text.strip()
                    return Span(span.line, at + 1, span.line, at + 1 + len(words))
        return span

    def time_of_line(self, line: int) -> float | None:
        """When the words of a source line are heard, or its cue begins."""
        for cue in self.plan.cues if self.plan else ():
            for planned in cue.lines:
                if planned.span.line == line:
                    return planned.start_s
            if cue.span.line == line:
                return cue.start_s
        return None

    # ------------------------------------------------------------------------------------------- takes

    def want_more_takes(self, index: int, more: int) -> None:
        """Make `more` further candidates of a cue (0: only the settings' again)."""
        reports = self.composed.composition.cues if self.composed and more else ()
        own = self.plan.cues[index].id if self.plan and 0 <= index < len(self.plan.cues) else ""
        self.pinned = {report.id: report.take for report in reports if report.takes and report.id != own}
        self.more_takes = more

    def try_take(self, index: int, step: int, takes: int) -> int | None:
        """Try the next (or, with −1, the previous) take of a cue; gives its number."""
        plan = self.checked.plan if self.checked else None
        if plan is None or not 0 <= index < len(plan.cues):
            return None
        cue = plan.cues[index]
        if cue.freeze:
            return None
        report = self.report_of(cue.id)
        now = self.auditions.get(cue.id) or (report.take if report else cue.take) or 1
        # From a turned take, whose number is far beyond the others', round to the first or last of them.
        number = (now - 1 + step) % max(takes, now) + 1 if now <= MOST_TAKES else 1 if step > 0 else takes
        self.auditions[cue.id] = number
        return number

    def take_rows(self, index: int) -> list[TakeRow]:
        """Every take of a cue that was made (`tui.take_rows`)."""
        plan, composed = self.plan, self.composed
        if plan is None or composed is None or not 0 <= index < len(plan.cues):
            return []
        cue = plan.cues[index]
        made = next((one for one in composed.composition.composed if one.report.id == cue.id), None)
        planned = self.checked.plan.cues if self.checked and self.checked.plan else ()
        written = planned[index].take if index < len(planned) else None
        return [] if made is None else rows_of(made, self._settled.get(cue.id, {}), written)

    def offer_of(self, cue_id: str) -> "TakesOnOffer | None":
        """What the takes of a cue are like, and how well they are liked; None where nobody asked."""
        made = self.composed.composition.composed if self.composed else ()
        return next((cue.offer for cue in made if cue.report.id == cue_id), None)

    def keep_take(self, index: int) -> Fix | None:
        """The edit that writes the take now heard into the source: `@take N` in its cue, replaced or
        added."""
        found = self.written_cue(index)
        if found is None:
            return None
        document, block, cue = found
        report = self.report_of(cue.id)
        number = self.auditions.get(cue.id) or (report.take if report and report.takes else None)
        return take_edit(document, block, number) if number is not None else None

    def freeze_take(self, index: int, file: str) -> Fix | None:
        """The edit that lets the cue play `file` from now on."""
        found = self.written_cue(index)
        return freeze_edit(found[0], found[1], file) if found else None

    def written_cue(self, index: int) -> "tuple[Document, CueBlock, PlannedCue] | None":
        """A cue of the text as it was last checked, with its lines."""
        checked = self.checked
        if checked is None or checked.plan is None or not 0 <= index < len(checked.plan.cues):
            return None
        cue = checked.plan.cues[index]
        block = self._block(cue)
        return None if block is None else (checked.document, block, cue)

    def _block(self, cue: PlannedCue) -> "CueBlock | None":
        blocks = self.checked.document.cues() if self.checked else ()
        return next((block for block in blocks if block.line == cue.span.line), None)
