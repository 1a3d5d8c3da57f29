"""The problems of the score, and the one line that always tells of the nearest."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from dsl.diagnostics import Finding, Severity
from tui.theme import finding_colour
from tui.widgets.lines import LineList
from tui.widgets.words import cut

RESTING = "F1 help · type, and the music follows · ^P every command"
STAYS_S = 12.0
STAYS_LONG_S = 60.0


class ProblemList(LineList):
    """Every finding, in the order of the text. Choosing one goes to its place."""

    nothing = "no problems"

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.findings: tuple[Finding, ...] = ()
        self.border_title = "Problems"

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Shows these findings, and takes as many rows as they need, seven at most."""
        if findings == self.findings:
            return
        self.findings = findings
        self.border_title = f"Problems ({len(findings)})" if findings else "Problems"
        self.styles.height = min(max(len(findings), 1), 7) + 1  # with its title; no more room than it needs
        self.show_count(len(findings))

    def entry(self, index: int, width: int, chosen: bool) -> Sequence[Segment]:
        """A finding's row: code, place, message and hint, in `width` cells."""
        finding = self.findings[index]
        said = finding.message + (f" {finding.hint}" if finding.hint else "")
        mend = " [F2 mends it]" if finding.fix else ""
        room = width - 16 - len(mend)
        return (
            Segment(f" {finding.code:<5}", self.style(finding_colour(finding.severity, self._dark))),
            Segment(f"line {finding.span.line:<5}", self.style(dim=True)),
            Segment(cut(said, room), self.style("foreground")),
            Segment(mend, self.style("success")),
        )

    @property
    def _dark(self) -> bool:
        return self.app.current_theme.dark


class StatusLine(Widget):
    """One line: the finding at hand, or what the workstation has to say; on the right how many problems there
    are."""

    DEFAULT_CSS = "StatusLine { height: 1; background: $surface; }"

    @dataclass
    class Opened(Message):
        """Somebody clicked the line: the list of problems is wanted."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.finding: Finding | None = None
        self.counts = (0, 0)
        self.message = RESTING
        self.activity = ""
        self._fading: Timer | None = None
        self._stays = False

    def show_finding(self, finding: Finding | None, findings: Sequence[Finding]) -> None:
        """`finding` is the one at the cursor; without one the first error is shown."""
        first = next((f for f in findings if f.severity is Severity.ERROR), None)
        errors = sum(f.severity is Severity.ERROR for f in findings)
        counts = (errors, len(findings) - errors)
        if (finding or first, counts) != (self.finding, self.counts):
            if (finding or first) is not None and (finding or first) != self.finding and not self._stays:
                self.message = RESTING  # what is found now is more to the point than what was said before
            self.finding, self.counts = finding or first, counts
            self.refresh()

    def say(self, message: str, stays: bool = False) -> None:
        """A line for a while, or (`stays`: not to be missed) for a minute whatever is found."""
        self.message, self._stays = message, stays
        if self._fading is not None:
            self._fading.stop()
        seconds = STAYS_LONG_S if stays else STAYS_S
        self._fading = self.set_timer(seconds, self._fade) if message != RESTING else None
        self.refresh()

    def _fade(self) -> None:
        self.say(RESTING)

    def show_activity(self, activity: str) -> None:
        """What is going on behind (loading, composing …); "" for nothing."""
        if activity != self.activity:
            self.activity = activity
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        errors, others = self.counts
        total = errors + others
        right = f"{total} problem{'s' if total != 1 else ''}" if total else ""
        right = (
            f" {self.activity} {'· ' if self.activity and right else ''}{right} "
            if right or self.activity
            else ""
        )
        right = right if len(right) < width - 10 else ""
        room = max(width - len(right) - 1, 0)
        dark = self.app.current_theme.dark
        base = self.rich_style
        if self.message != RESTING:
            left = [Segment(" " + cut(self.message, room), base)]
        elif self.finding is not None:
            finding = self.finding
            colour = finding_colour(finding.severity, dark)
            head = f"{finding.code} line {finding.span.line}: "
            hint = f" {finding.hint}" if finding.hint else ""
            mend = "  F2 mends it" if finding.fix else ""
            text = cut(finding.message + hint, max(room - len(head) - len(mend), 0))
            left = [
                Segment(" " + head, base + _colour(colour, bold=True)),
                Segment(text, base),
                Segment(mend, base + _colour(self.app.theme_variables["success"])),
            ]
        else:
            left = [Segment(" " + cut(self.message, room), base + _colour(None, dim=True))]
        shown = Strip(left).adjust_cell_length(room + 1, base)
        alarm = finding_colour(Severity.ERROR if errors else Severity.WARNING, dark)
        return Strip([*shown, Segment(right, base + _colour(alarm if total else None))]).adjust_cell_length(
            width, base
        )

    def on_click(self) -> None:
        self.post_message(self.Opened())


def _colour(colour: str | None, *, bold: bool = False, dim: bool = False) -> Style:
    return Style(color=colour, bold=bold or None, dim=dim or None)
