"""The dialog that asks what is rendered: which formats, into which folder."""

from pathlib import Path
from typing import ClassVar

from rich.segment import Segment
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label

from dsl.output_words import OUTPUTS
from tui.paths import typed_path
from tui.screens.ask import Listed
from tui.widgets.lines import LineList

Wanted = tuple[tuple[str, ...], Path]
"""Formats, and the folder they go to."""
_ABOUT = {
    "mid": "MIDI, every instrument a track",
    "wav": "sound, uncompressed",
    "flac": "sound, without loss",
    "ogg": "sound, small",
    "mp3": "sound, small, played everywhere",
    "musicxml": "sheets for players",
    "stems": "the sound of each role by itself",
    "cues": "the cue sheet",
    "edl": "cues and hits for picture editors",
    "markers": "markers for Resolve, Premiere, Avid …",
    "click": "a click track, with count-in",
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


class RenderDialog(Listed[Wanted | None]):
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
            self.dismiss((ticked, typed_path(folder)))

    def action_leave(self) -> None:
        self.dismiss(None)
