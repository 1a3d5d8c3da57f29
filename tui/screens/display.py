"""The part that shows: brings the panes to what the session at hand knows."""

from textual.widgets import ContentSwitcher

from tui.screens.desk import Desk
from tui.screens.transporting import Transporting
from tui.widgets.arc import EmotionArc
from tui.widgets.cues import CueList
from tui.widgets.problems import ProblemList, StatusLine
from tui.widgets.roll import PianoRoll


class Display:
    """Everything on the screen but the playhead, which is the transport's."""

    def __init__(self, desk: Desk, transport: Transporting) -> None:
        self.desk, self.transport = desk, transport

    def show_session(self) -> None:
        """Bring everything on the screen to the session at hand."""
        session, studio = self.desk.session, self.desk.studio
        switcher = self.desk.screen.query_one("#editors", ContentSwitcher)
        switcher.current = f"score-{self.desk.scores.number}"
        self.show_title()
        roll = self.desk.pane(PianoRoll)
        roll.show_busy("loading models …" if not studio.is_loaded and not studio.problem else roll.busy)
        if session.checked:
            self.desk.editor.show_document(session.checked.document, session.findings)
        self.show_findings()
        self.show_music()

    def show_title(self) -> None:
        """The name of the score, whether it is saved, and which of several it is."""
        session, scores = self.desk.session, self.desk.scores
        mark = " ●" if session.is_modified else ""
        several = f"  [{scores.at + 1}/{len(scores.sessions)}]" if len(scores.sessions) > 1 else ""
        title = f"{session.name}{mark}{several}".replace("[", "\\[")
        if title != self.desk.editor.border_title:  # to set it draws the whole script again
            self.desk.editor.border_title = title
            self.desk.screen.app.title = f"{session.name} – Melodrama"

    def show_findings(self) -> None:
        """Problems, and the one under the cursor."""
        findings = self.desk.session.findings
        self.desk.pane(ProblemList).show_findings(findings)
        self.desk.pane(StatusLine).show_finding(self.desk.editor.finding_at_cursor(), findings)

    def show_music(self, arc: bool = True) -> None:
        """Cues, arc, roll and transport as the session has them now."""
        session = self.desk.session
        busy = self.desk.studio.problem is None and not session.is_current
        self.desk.pane(CueList).show_rows(session.cue_rows(busy), session.cue_at(self.transport.t_s))
        if arc:
            self.show_arc()
        roll = self.desk.pane(PianoRoll)
        roll.show_score(session.composed.composition.score if session.composed else None)
        roll.show_spoken(session.spoken())
        roll.show_silent(session.silent)
        roll.show_loop(session.loop)
        self.transport.show_time()

    def show_arc(self) -> None:
        """What is asked and heard over time."""
        plan = self.desk.session.plan
        duration = max((cue.end_s for cue in plan.cues), default=0.0) if plan else 0.0
        self.desk.pane(EmotionArc).show_cues(self.desk.session.arc(), duration, self.desk.session.spoken())
