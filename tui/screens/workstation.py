"""The desk: script, cues, arc, roll, transport and problems on one screen, and the wires between them.

Panes post typed messages and know nothing of each other; what they mean for the score is decided here. Files
are `tui.screens.filing`'s part, takes and playing `tui.screens.transporting`'s, rendering
`tui.screens.rendering`'s; all are mixed in.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import ContentSwitcher, TextArea

from tui.commands import COMMANDS, bindings
from tui.live import Checked, Doing, Failed, Live, Loaded, Made, Mixed, Read, Sounded
from tui.memory import Housekeeping, forget_closed_screens
from tui.presence import Presence
from tui.screens.auditioning import Auditioning
from tui.screens.editing import Editing
from tui.screens.filing import Filing
from tui.screens.pasting import Pasting
from tui.screens.rendering import Rendering
from tui.settings import KEYLESS
from tui.studio.protocol import Studio
from tui.widgets.arc import EmotionArc
from tui.widgets.completion import CompletionList
from tui.widgets.cues import CueList
from tui.widgets.editor import ScoreEditor
from tui.widgets.find import FindBar
from tui.widgets.keys import KeyLine
from tui.widgets.lines import LineList
from tui.widgets.problems import ProblemList, StatusLine
from tui.widgets.roll import PianoRoll
from tui.widgets.takes import TakeList
from tui.widgets.transport import TransportLine
from tui.widgets.words import cue_name


class Workstation(Editing, Auditioning, Filing, Pasting, Rendering):
    """One screen for the whole day. `files` are opened one after another; the first comes to the front."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 – Textual declares no ClassVar here
        (0, "-slim"),
        (64, "-narrow"),
        (100, "-wide"),
        (160, "-vast"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-tiny"),
        (12, "-flat"),
        (20, "-low"),
        (32, "-high"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,tab", "popup_take", show=False, priority=True),
        *bindings(),
        Binding("up", "popup_move(-1)", show=False, priority=True),
        Binding("down", "popup_move(1)", show=False, priority=True),
        Binding("escape", "popup_close", show=False, priority=True),
    ]
    AUTO_FOCUS = "ScoreEditor"

    def __init__(self, files: Sequence[Path], studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.live = Live(self, studio)
        self.housekeeping = Housekeeping()
        for command, key in studio.settings.keys.items():
            if command in KEYLESS:
                action = next(known.action for known in COMMANDS if known.id == command)
                self._bindings.bind(key, action, show=False, priority=True)
        self.presence = Presence()
        self.start_with(files)
        self.tell_presence()

    def compose(self) -> ComposeResult:
        with Horizontal(id="upper"):
            with Vertical(id="editor-column"):
                with ContentSwitcher(id="editors", initial="score-0"):
                    for number, session in enumerate(self.sessions):
                        yield ScoreEditor(session.text, id=f"score-{number}")
                yield FindBar(id="find")
            with Vertical(id="side"):
                yield CueList(id="cues")
                yield TakeList(id="takes")
                yield EmotionArc(id="arc")
        yield ProblemList(id="problems")
        yield PianoRoll(id="roll")
        yield TransportLine(id="transport")
        yield StatusLine(id="status")
        yield KeyLine(self.studio.settings.keys)
        yield CompletionList(id="completion")

    def on_mount(self) -> None:
        self.start_ticking()
        self.show_session()
        self.watch_files()
        self.call_after_refresh(self._after_first_paint)

    def _after_first_paint(self) -> None:
        """The screen stands; now the slow parts may begin."""
        self.housekeeping.begin()
        self.set_interval(0.5, self._tidy)
        self.live.check(self.session)
        self.live.load()
        self.say_opening()

    def on_screen_resume(self) -> None:
        """A screen that lay above was closed."""
        forget_closed_screens()

    def _tidy(self) -> None:
        if not self.is_sounding and self.live.is_idle:
            self.housekeeping.tidy()

    def close(self) -> None:
        """Stop what runs in the background, and the sound."""
        self.live.stop(wait_s=0.3)
        self.listening.close()
        self.studio.close()
        self.presence.close()

    # ------------------------------------------------------------------------------------ the live loop

    @on(TextArea.Changed)
    def text_changed(self, event: TextArea.Changed) -> None:
        if event.text_area is self.editor:
            self.take_text()

    def take_text(self) -> None:
        if self.session.edited(self.editor.text):
            self.housekeeping.stirred()
            self.live.edited(self.session)
            self.text_was_edited()

    @on(Checked)
    def language_checked(self, event: Checked) -> None:
        self.housekeeping.stirred()
        if event.session.take_check(event.check) and event.session is self.session:
            self.editor.show_document(event.check.document, self.session.findings)
            self.show_findings()
            # Where the text is read too, the arc waits for that instead of being drawn twice.
            self.show_music(arc=not self.live.follow(self.session))

    @on(Read)
    def text_read(self, event: Read) -> None:
        if event.session.take_analysis(event.revision, event.analysed) and event.session is self.session:
            self.show_arc()

    @on(Made)
    def music_made(self, event: Made) -> None:
        self.housekeeping.stirred()
        shown = self.session.findings
        if event.session.take_composition(event.composed) and event.session is self.session:
            if self.session.checked and self.session.findings != shown:
                self.editor.show_document(self.session.checked.document, self.session.findings)
                self.show_findings()
            self.show_music()
            self.show_takes()
            self.live.sound(self.session, at_once=self.is_sounding)
        self.query_one(StatusLine).show_activity("")

    @on(Sounded)
    def music_sounded(self, event: Sounded) -> None:
        if event.session is self.session and event.session.composed is event.composed:
            self.take_sound(event.composed, event.sounding, event.mix)

    @on(Mixed)
    def music_mixed(self, event: Mixed) -> None:
        if event.mix.silent == event.session.silent:
            self.listening.remix(event.session, event.sounding, event.mix.sound)

    @on(Loaded)
    def models_loaded(self, event: Loaded) -> None:
        self.query_one(StatusLine).show_activity("")
        if event.problem:
            self.say(f"no music: {event.problem}", stays=True)
            self.query_one(PianoRoll).show_busy(f"no music: {event.problem}")
        else:
            self.query_one(PianoRoll).show_busy("music appears here as you write")
            self.live.follow(self.session)

    @on(Doing)
    def background_told(self, event: Doing) -> None:
        self.query_one(StatusLine).show_activity(event.words)

    @on(Failed)
    def background_failed(self, event: Failed) -> None:
        self.wanted_no_longer()
        self.query_one(StatusLine).show_activity("")
        self.say(f"could not {event.what}: {event.why}", stays=True)

    # -------------------------------------------------------------------------------------- what is shown

    def show_session(self) -> None:
        """Bring everything on the screen to the session at hand."""
        session = self.session
        self.query_one("#editors", ContentSwitcher).current = f"score-{self.session_ids[self.at]}"
        self.show_title()
        roll = self.query_one(PianoRoll)
        roll.show_busy(
            "loading models …" if not self.studio.is_loaded and not self.studio.problem else roll.busy
        )
        if session.checked:
            self.editor.show_document(session.checked.document, session.findings)
        self.show_findings()
        self.show_music()

    def show_title(self) -> None:
        session = self.session
        mark = " ●" if session.is_modified else ""
        several = f"  [{self.at + 1}/{len(self.sessions)}]" if len(self.sessions) > 1 else ""
        title = f"{session.name}{mark}{several}".replace("[", "\\[")
        if title != self.editor.border_title:  # to set it draws the whole script again
            self.editor.border_title = title
            self.app.title = f"{session.name} – Melodrama"

    def show_findings(self) -> None:
        findings = self.session.findings
        self.query_one(ProblemList).show_findings(findings)
        self.query_one(StatusLine).show_finding(self.editor.finding_at_cursor(), findings)

    def show_music(self, arc: bool = True) -> None:
        """Cues, arc, roll and transport as the session has them now."""
        session = self.session
        busy = self.studio.problem is None and not session.is_current
        self.query_one(CueList).show_rows(session.cue_rows(busy), session.cue_at(self.t_s))
        if arc:
            self.show_arc()
        roll = self.query_one(PianoRoll)
        roll.show_score(session.composed.composition.score if session.composed else None)
        roll.show_silent(session.silent)
        roll.show_loop(session.loop)
        self.show_time()

    def show_arc(self) -> None:
        plan = self.session.plan
        duration = max((cue.end_s for cue in plan.cues), default=0.0) if plan else 0.0
        self.query_one(EmotionArc).show_cues(self.session.arc(), duration)

    # ------------------------------------------------------------------------------- from pane to source

    @on(ScoreEditor.CursorMoved)
    def cursor_moved(self, event: ScoreEditor.CursorMoved) -> None:
        self.housekeeping.stirred()
        self.session.cursor = (event.line, event.column)
        self.query_one(StatusLine).show_finding(self.editor.finding_at_cursor(), self.session.findings)
        cue = self.session.cue_of_line(event.line)
        if cue is not None:
            self.query_one(CueList).choose(cue)
        self.completion_follows(event.line, event.column)

    @on(LineList.Chosen, "#cues")
    def cue_chosen(self, event: LineList.Chosen) -> None:
        plan = self.session.plan
        if plan is not None and event.index < len(plan.cues):
            cue = plan.cues[event.index]
            self.goto(cue.span.line)
            self.seek(cue.start_s)
            self.say(self.session.advice(event.index) or cue_name(cue.id, cue.title))

    @on(LineList.Chosen, "#problems")
    def problem_chosen(self, event: LineList.Chosen) -> None:
        if event.index < len(self.session.findings):
            span = self.session.findings[event.index].span
            self.goto(span.line, span.column)

    @on(EmotionArc.Chosen)
    def arc_chosen(self, event: EmotionArc.Chosen) -> None:
        self.goto_time(event.t_s)
        self.seek(event.t_s)

    @on(PianoRoll.NoteChosen)
    def note_chosen(self, event: PianoRoll.NoteChosen) -> None:
        self.goto_time(event.note.start_s)
        self.say(f"{_pitch(event.note.pitch)} · {event.track.name} · velocity {event.note.velocity}")

    @on(KeyLine.Pressed)
    async def key_clicked(self, event: KeyLine.Pressed) -> None:
        await self.run_action(event.action)

    @on(StatusLine.Opened)
    def status_opened(self) -> None:
        self.action_problems()

    @on(PianoRoll.PlaceChosen)
    def place_chosen(self, event: PianoRoll.PlaceChosen) -> None:
        self.goto_time(event.t_s)

    def goto_time(self, t_s: float) -> None:
        place = self.session.place_at(t_s)
        if place is not None:
            self.goto(place.line)


def _pitch(pitch: int) -> str:
    names = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
    return f"{names[pitch % 12]}{pitch // 12 - 1}"
