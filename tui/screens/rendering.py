"""The desk's part that renders to files: which formats, into which folder."""

from pathlib import Path
from typing import ClassVar

from rich.segment import Segment
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from dsl.vocabulary import OUTPUTS
from tui.live import Doing, Failed
from tui.screens.desk import Desk
from tui.session import check
from tui.studio.protocol import GoOn
from tui.widgets.lines import LineList

Wanted = tuple[tuple[str, ...], Path]
"""Formats, and the folder they go to."""
_FORMATS = ("mid", "wav")
_ABOUT = {
    "mid": "MIDI, every instrument a track",
    "wav": "sound, uncompressed",
    "flac": "sound, without loss",
    "ogg": "sound, small",
    "mp3": "sound, small, played everywhere",
    "musicxml": "sheets for players",
    "stems": "the sound of each role by itself",
    "cues": "the cue sheet",
    "roll": "a picture of the notes",
    "json": "the notes as data",
    "game": "layers and loops for a game",
}


class Formats(LineList):
    """Formats to tick. Space, or a click, ticks; Enter is the dialog's."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "tick", show=False)]

    def __init__(self, wanted: tuple[str, ...], id: str | None = None) -> None:
        super().__init__(id=id)
        self.wanted = set(wanted)
        self.count = len(OUTPUTS)

    @property
    def ticked(self) -> tuple[str, ...]:
        return tuple(name for name in OUTPUTS if name in self.wanted)

    def entry(self, index: int, width: int, chosen: bool) -> tuple[Segment, ...]:
        name = OUTPUTS[index]
        is_on = name in self.wanted
        return (
            Segment(" ■ " if is_on else " □ ", self.style("accent" if is_on else "foreground")),
            Segment(f"{name:<10}", self.style("foreground", bold=is_on)),
            Segment(_ABOUT.get(name, ""), self.style("foreground", dim=True)),
        )

    def action_tick(self) -> None:
        self.clicked(self.chosen)

    def clicked(self, index: int) -> None:
        self.wanted ^= {OUTPUTS[index]}
        self.refresh()


class RenderDialog(ModalScreen[Wanted | None]):
    """Which formats, and where to. Enter renders, Escape does not."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("tab,shift+tab", "app.focus_next", show=False, priority=True),
    ]

    def __init__(self, wanted: tuple[str, ...], folder: Path, folder_first: bool = False) -> None:
        super().__init__()
        self.wanted, self.folder, self.folder_first = wanted, folder, folder_first

    def compose(self) -> ComposeResult:
        with Vertical(id="question"):
            yield Label("Render what?  Space ticks · Enter renders · Tab: the folder")
            yield Formats(self.wanted, id="formats")
            yield Input(str(self.folder), id="text", compact=True)
            yield Label("", id="why", markup=False)

    def on_mount(self) -> None:
        self.query_one("#text" if self.folder_first else "#formats").focus()

    @on(LineList.Chosen)
    @on(Input.Submitted)
    def finish(self) -> None:
        ticked, folder = self.query_one(Formats).ticked, self.query_one(Input).value.strip()
        if not ticked or not folder:
            self.query_one("#why", Label).update("tick a format" if folder else "a folder, please")
        else:
            self.dismiss((ticked, Path(folder).expanduser()))

    def action_leave(self) -> None:
        self.dismiss(None)


class Rendering(Desk):
    """Mixed into the workstation."""

    def action_render(self) -> None:
        self.when_typed(self._ask_what)

    def action_render_as(self) -> None:
        self.when_typed(lambda: self._ask_what(folder_first=True))

    def _ask_what(self, folder_first: bool = False) -> None:
        session = self.session
        if self.studio.problem:
            self.say(f"nothing to render: {self.studio.problem}", stays=True)
            return

        def chosen(wanted: Wanted | None) -> None:
            if wanted is not None:
                session.rendered_as = wanted
                self.render_to(*wanted)

        asked = session.plan.output if session.plan else ()
        formats, folder = session.rendered_as or (asked or _FORMATS, session.folder)
        self.app.push_screen(RenderDialog(formats, folder, folder_first), chosen)

    def render_to(self, formats: tuple[str, ...], folder: Path) -> None:
        """Write the score in these formats."""
        session = self.session
        made, known = session.composed, session.checked
        ready = made.composition if made is not None and session.is_current else None
        fresh = known if known is not None and known.revision == session.revision else None
        text, revision, stem = session.text, session.revision, session.file.path.stem

        def work(go_on: GoOn) -> None:
            from engine.render.export import Target

            def announce(words: str) -> None:
                self.post_message(Doing(f"render: {words}"))

            try:
                # Typed a moment ago: what is rendered is what stands there now.
                asked = (fresh or check(text, revision, session.folder)).asked()
                if asked is None:
                    self.post_message(Failed("render", "write a line of script first"))
                    return
                composition = ready or self.studio.compose(asked, go_on, announce)
                target = Target(folder, stem, formats, soundfont=self.studio.settings.soundfont)
                written = self.studio.render(composition, target, go_on, announce)
            except Exception as error:
                said = str(error).strip().splitlines()
                self.post_message(Failed("render", said[0] if said else type(error).__name__))
                return
            names = ", ".join(Path(file.path).name for file in written)
            self.app.call_from_thread(self.say, f"rendered {names} into {folder}")
            self.post_message(Doing(""))

        self.say(f"rendering into {folder} …")
        self.live.jobs.start("render", work)
