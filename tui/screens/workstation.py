"""The workstation: script, cues, arc, roll, transport and problems on one screen.

Its parts (`tui.screens.desk` says what one is) know what is to be done; panes post typed messages and know
nothing of each other. Here stand the wires: which key does what (`_acts`), and whose a message is.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import ContentSwitcher, TextArea

from tui.commands import bindings, own_keys
from tui.live import Checked, Doing, Explained, Failed, Live, Loaded, Made, Mixed, Read, Sounded
from tui.memory import forget_closed_screens
from tui.screens.auditioning import Auditioning
from tui.screens.completing import Completing
from tui.screens.desk import Desk
from tui.screens.display import Display
from tui.screens.editing import Editing
from tui.screens.feeling import Feeling
from tui.screens.filing import Filing
from tui.screens.finding import Finding
from tui.screens.following import Following
from tui.screens.pasting import Offered, Pasting
from tui.screens.places import Places
from tui.screens.recovering import Recovering
from tui.screens.rendering import Rendering
from tui.screens.results import Results
from tui.screens.transporting import Transporting
from tui.session import Session
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

Act = Callable[[], object]


class Workstation(Screen[None]):
    """One screen for the whole day. `files` are opened one after another; the first comes to the front.
    `remarks` are said when it stands."""

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
        Binding("enter,tab", "popup(0)", show=False, priority=True),
        *bindings(),
        Binding("up", "popup(-1)", show=False, priority=True),
        Binding("down", "popup(1)", show=False, priority=True),
        Binding("escape", "leave", show=False, priority=True),
    ]
    AUTO_FOCUS = "ScoreEditor"

    def __init__(self, files: Sequence[Path], studio: Studio, remarks: Sequence[str] = ()) -> None:
        super().__init__()
        self.desk = Desk(self, studio)
        self.transport = Transporting(self.desk)
        self.showing = Display(self.desk, self.transport)
        self.auditioning = Auditioning(self.desk, self.transport)
        self.recovering = Recovering(self.desk)
        self.filing = Filing(self.desk, self.showing, self.transport, self.recovering)
        self.completing = Completing(self.desk)
        self.pasting = Pasting(self.desk)
        self.editing = Editing(self.desk, self.completing, self.pasting)
        self.feeling = Feeling(self.desk)
        self.finding = Finding(self.desk)
        self.following = Following(self.desk, self.transport)
        self.rendering = Rendering(self.desk)
        self.places = Places(self.desk, self.transport, self.completing)
        self.results = Results(self.desk, self.showing, self.transport, self.auditioning)
        self.desk.after_edit = [self.showing.show_title, self.recovering.text_was_edited]
        self._acts = self._what_commands_do()
        for key, action in own_keys(studio.settings.keys):
            self._bindings.bind(key, action, show=False, priority=True)
        self.filing.start_with(files, remarks)
        self.recovering.tell_presence()

    def _what_commands_do(self) -> dict[str, Act]:
        """By its id, what each command of `tui.commands` does."""
        return {
            "help": self.editing.help,
            "play": self.transport.play,
            "render": self.rendering.render,
            "render-as": self.rendering.render_as,
            "take-previous": lambda: self.auditioning.take(-1),
            "take-next": lambda: self.auditioning.take(1),
            "take-keep": self.auditioning.keep,
            "takes": self.auditioning.takes,
            "freeze": self.auditioning.freeze,
            "improve": self.auditioning.improve,
            "save": self.filing.save,
            "save-as": self.filing.save_as,
            "open": self.filing.open,
            "new": self.filing.new,
            "close": self.filing.close,
            "next-file": self.filing.next_file,
            "undo": lambda: self.editor.undo(),
            "redo": lambda: self.editor.redo(),
            "select-all": lambda: self.editor.select_all(),
            "find": self.finding.open,
            "find-next": self.finding.find_next,
            "replace": lambda: self.finding.open(with_replace=True),
            "goto": self.editing.goto,
            "complete": self.completing.complete,
            "feel": self.feeling.ask,
            "fix": self.editing.fix,
            "problems": self.editing.problems,
            "loop": self.transport.loop,
            "pane-next": lambda: self.editing.pane(1),
            "pane-previous": lambda: self.editing.pane(-1),
            "panels": self.editing.panels,
            "take-in": self.pasting.take_in,
            "format": self.editing.format,
            "theme": self.editing.theme,
            "live": self.editing.switch_live,
            "follow": self.following.switch,
            "compose": self.editing.compose,
            "roll-fit": lambda: self.query_one(PianoRoll).action_fit(),
            "roll-in": lambda: self.query_one(PianoRoll).action_zoom(-1),
            "roll-out": lambda: self.query_one(PianoRoll).action_zoom(1),
            "commands": lambda: self.app.action_command_palette(),
            "quit": self.filing.quit,
        }

    # --------------------------------------------------------------------------------- what others may ask

    @property
    def session(self) -> Session:
        """The score at hand."""
        return self.desk.session

    @property
    def sessions(self) -> list[Session]:
        """All that are open."""
        return self.desk.scores.sessions

    @property
    def editor(self) -> ScoreEditor:
        """The editor of the score at hand."""
        return self.desk.editor

    @property
    def studio(self) -> Studio:
        """Where the models are."""
        return self.desk.studio

    @property
    def live(self) -> Live:
        """What goes on in the background."""
        return self.desk.live

    # --------------------------------------------------------------------------------- the screen's life

    def compose(self) -> ComposeResult:
        with Horizontal(id="upper"):
            with Vertical(id="editor-column"):
                with ContentSwitcher(id="editors", initial=f"score-{self.desk.scores.number}"):
                    for session in self.sessions:
                        number = self.desk.scores.number_of(session)
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
        self.transport.start_ticking()
        self.showing.show_session()
        self.recovering.watch_files()
        self.feeling.watch_included()
        self.call_after_refresh(self._after_first_paint)

    def _after_first_paint(self) -> None:
        """The screen stands; now the slow parts may begin."""
        self.desk.housekeeping.begin()
        self.set_interval(0.5, self._tidy)
        self.live.check(self.session)
        self.live.load()
        self.filing.say_opening()

    def on_screen_resume(self) -> None:
        """A screen that lay above was closed."""
        forget_closed_screens()

    def _tidy(self) -> None:
        if not self.transport.is_sounding and self.live.is_idle:
            self.desk.housekeeping.tidy()

    def close(self) -> None:
        """Stop what runs in the background, and the sound."""
        self.live.stop(wait_s=0.3)
        self.auditioning.tasting.close()
        self.transport.close()
        self.studio.close()
        self.recovering.presence.close()

    # ----------------------------------------------------------------------------------------------- keys

    def action_command(self, name: str) -> None:
        """One of `tui.commands`, by its id."""
        self._acts[name]()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The completion list's keys are its own only while it is open; Escape closes the find bar, too."""
        if action in ("popup", "leave"):
            return self.completing.popup.is_open or (action == "leave" and self.finding.is_beside)
        return super().check_action(action, parameters)

    def action_popup(self, step: int) -> None:
        self.completing.step(step)

    def action_leave(self) -> None:
        if self.completing.popup.is_open:
            self.completing.popup.close()
        else:
            self.finding.bar.action_close()

    def on_descendant_blur(self) -> None:
        """The list belongs to the place in the script: it goes when something else takes the keys."""
        self.completing.popup.close()

    @on(KeyLine.Pressed)
    async def _key_clicked(self, event: KeyLine.Pressed) -> None:
        await self.run_action(event.action)

    # ----------------------------------------------------------------------------- from the live loop

    @on(Checked)
    def _checked(self, event: Checked) -> None:
        self.results.checked(event)

    @on(Read)
    def _read(self, event: Read) -> None:
        self.results.read(event)

    @on(Made)
    def _made(self, event: Made) -> None:
        self.results.made(event)

    @on(Sounded)
    def _sounded(self, event: Sounded) -> None:
        self.results.sounded(event)

    @on(Mixed)
    def _mixed(self, event: Mixed) -> None:
        self.results.mixed(event)

    @on(Loaded)
    def _loaded(self, event: Loaded) -> None:
        self.results.loaded(event)

    @on(Doing)
    def _doing(self, event: Doing) -> None:
        self.results.doing(event.words)

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        self.results.failed(event)

    @on(Explained)
    def _explained(self, event: Explained) -> None:
        self.editing.explained(event)

    # -------------------------------------------------------------------------------- from the script

    @on(TextArea.Changed)
    def _text_changed(self, event: TextArea.Changed) -> None:
        if event.text_area is self.editor:
            self.desk.take_text()

    @on(ScoreEditor.CursorMoved)
    def _cursor_moved(self, event: ScoreEditor.CursorMoved) -> None:
        self.places.cursor_moved(event)

    @on(ScoreEditor.Pasted)
    def _pasted(self, event: ScoreEditor.Pasted) -> None:
        self.pasting.pasted(event)

    @on(Offered)
    def _offered(self, event: Offered) -> None:
        self.pasting.offered(event)

    @on(CompletionList.Taken)
    def _completion_taken(self, event: CompletionList.Taken) -> None:
        self.completing.put(event.completion)

    @on(FindBar.Find)
    def _find(self, event: FindBar.Find) -> None:
        self.finding.find(event.query, event.backwards)

    @on(FindBar.Replace)
    def _replace(self, event: FindBar.Replace) -> None:
        self.finding.replace(event.query, event.replacement, event.all)

    @on(FindBar.Closed)
    def _find_closed(self) -> None:
        self.editor.focus()

    # ------------------------------------------------------------------------------ from the other panes

    @on(LineList.Chosen, "#cues")
    def _cue_chosen(self, event: LineList.Chosen) -> None:
        self.places.cue(event.index)

    @on(LineList.Chosen, "#problems")
    def _problem_chosen(self, event: LineList.Chosen) -> None:
        self.places.problem(event.index)

    @on(StatusLine.Opened)
    def _status_opened(self) -> None:
        self.editing.problems()

    @on(EmotionArc.Chosen)
    def _arc_chosen(self, event: EmotionArc.Chosen) -> None:
        self.places.moment(event.t_s, seek=True)

    @on(PianoRoll.PlaceChosen)
    def _place_chosen(self, event: PianoRoll.PlaceChosen) -> None:
        self.places.moment(event.t_s)

    @on(PianoRoll.NoteChosen)
    def _note_chosen(self, event: PianoRoll.NoteChosen) -> None:
        self.places.note(event)

    @on(PianoRoll.LoopChosen)
    def _loop_chosen(self, event: PianoRoll.LoopChosen) -> None:
        self.transport.loop_over(event.start_s, event.end_s)

    @on(PianoRoll.Seek)
    @on(TransportLine.Seek)
    def _seek(self, event: PianoRoll.Seek | TransportLine.Seek) -> None:
        self.transport.seek(event.t_s)

    @on(TransportLine.PlayPressed)
    def _play_pressed(self) -> None:
        self.transport.play()

    @on(PianoRoll.MuteToggled)
    def _mute(self, event: PianoRoll.MuteToggled) -> None:
        self.transport.mute(event.role)

    @on(PianoRoll.SoloToggled)
    def _solo(self, event: PianoRoll.SoloToggled) -> None:
        self.transport.solo(event.role)

    @on(TransportLine.RolePressed)
    def _role_pressed(self, event: TransportLine.RolePressed) -> None:
        (self.transport.solo if event.alone else self.transport.mute)(event.role)

    @on(TakeList.Tried)
    def _take_tried(self, event: TakeList.Tried) -> None:
        self.auditioning.try_number(event.number)

    @on(TakeList.Kept)
    def _take_kept(self) -> None:
        self.auditioning.keep()

    @on(TakeList.Frozen)
    def _take_frozen(self) -> None:
        self.auditioning.freeze()

    @on(TakeList.MoreWanted)
    def _more_takes_wanted(self) -> None:
        self.auditioning.want_more()

    @on(TakeList.Left)
    def _takes_left(self) -> None:
        self.auditioning.leave()
