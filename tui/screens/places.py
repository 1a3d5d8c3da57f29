"""The part that leads from a pane to the source and the time that it shows."""

from tui.advice import advice
from tui.screens.completing import Completing
from tui.screens.desk import Desk
from tui.screens.transporting import Transporting
from tui.widgets.cues import CueList
from tui.widgets.editor import ScoreEditor
from tui.widgets.problems import StatusLine
from tui.widgets.roll import PianoRoll
from tui.widgets.words import cue_name


class Places:
    """Cues, findings, notes and moments, to their line; the cursor, to its cue."""

    def __init__(self, desk: Desk, transport: Transporting, completing: Completing) -> None:
        self.desk, self.transport, self.completing = desk, transport, completing

    def cursor_moved(self, event: ScoreEditor.CursorMoved) -> None:
        """Findings, cues and completion follow the cursor."""
        self.desk.housekeeping.stirred()
        session = self.desk.session
        session.cursor = (event.line, event.column)
        self.desk.pane(StatusLine).show_finding(self.desk.editor.finding_at_cursor(), session.findings)
        cue = session.cue_of_line(event.line)
        if cue is not None:
            self.desk.pane(CueList).choose(cue)
        self.completing.follow(event.line, event.column)

    def cue(self, index: int) -> None:
        """To a cue, in script and time, with what would help it."""
        plan = self.desk.session.plan
        if plan is not None and index < len(plan.cues):
            cue = plan.cues[index]
            self.desk.goto(cue.span.line)
            self.transport.seek(cue.start_s)
            self.desk.say(advice(self.desk.session, index) or cue_name(cue.id, cue.title))

    def problem(self, index: int) -> None:
        """To a finding."""
        findings = self.desk.session.findings
        if index < len(findings):
            self.desk.goto(findings[index].span.line, findings[index].span.column)

    def moment(self, t_s: float, seek: bool = False) -> None:
        """To the line that is heard then; the playhead too, with `seek`."""
        place = self.desk.session.place_at(t_s)
        if place is not None:
            self.desk.goto(place.line)
        if seek:
            self.transport.seek(t_s)

    def note(self, event: PianoRoll.NoteChosen) -> None:
        """To the line that a note accompanies, with what the note is."""
        self.moment(event.note.start_s)
        self.desk.say(f"{_pitch(event.note.pitch)} · {event.track.name} · velocity {event.note.velocity}")


def _pitch(pitch: int) -> str:
    names = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
    return f"{names[pitch % 12]}{pitch // 12 - 1}"
