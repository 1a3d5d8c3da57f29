"""The full-screen app: themes, settings and keys around the workstation, and the command palette."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import ClassVar

from textual.app import App
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.screen import Screen

from tui.commands import keys_of
from tui.locale_language import language_of_locale
from tui.screens.workstation import Workstation
from tui.settings import DEFAULT_KEYS, Settings, load_settings
from tui.studio.distant import DistantStudio
from tui.studio.protocol import Studio
from tui.theme import THEMES

_PATIENCE_S = 3.0
"""How long an end from outside may take."""


class Commands(Provider):
    """Every command of the workstation by name."""

    @property
    def _found(self) -> list[tuple[str, str, str, str]]:
        """(title with its keys, help, action, its title in the other language) of every command but the
        palette itself."""
        keys = self.app.settings.keys if isinstance(self.app, Melodrama) else {}
        language = language_of_locale()
        found = []
        for shown, command in keys_of(keys):
            title, about = command.said(language)
            also, _ = command.said("en" if language == "zh" else "zh")
            if command.id != "commands":
                found.append((f"{title}  {shown}".rstrip(), about, command.action, also))
        return found

    async def discover(self) -> Hits:
        for title, about, action, _ in self._found:
            yield DiscoveryHit(title, partial(self.screen.run_action, action), help=about)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for title, about, action, also in self._found:
            score = max(matcher.match(title), matcher.match(also), matcher.match(about) * 0.7)
            if score > 0:
                yield Hit(
                    score, matcher.highlight(title), partial(self.screen.run_action, action), help=about
                )


class Melodrama(App[None]):
    """`weights` "debug" composes with the tiny random models; `studio` composes in its own way: both for
    tests."""

    CSS_PATH = "workstation.tcss"
    TITLE = "Melodrama"
    COMMANDS: ClassVar[set[type[Provider]]] = {Commands}  # type: ignore[assignment]
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+backslash"  # the workstation binds ^P itself, where keys may be moved
    BINDINGS: ClassVar[list] = []  # type: ignore[type-arg]

    def __init__(
        self,
        files: Sequence[Path] = (),
        weights: str | None = None,
        settings: Settings | None = None,
        studio: Studio | None = None,
    ) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        remarks: tuple[str, ...] = ()
        if settings is None:
            settings, remarks = load_settings(themes=tuple(self.available_themes))
        self.settings = settings
        self.theme = settings.theme
        self.set_keymap({name: keys for name, keys in settings.keys.items() if name in DEFAULT_KEYS})
        self.workstation = Workstation(files, studio or DistantStudio(settings, weights), remarks)

    def get_default_screen(self) -> Screen[None]:
        return self.workstation

    def get_system_commands(self, screen: Screen[object]) -> Iterable[object]:  # type: ignore[override]
        return ()

    async def action_quit(self) -> None:
        """Textual's own way out asks like ours."""
        self.workstation.filing.quit()

    def on_mount(self) -> None:
        # Textual redraws only what changes; the terminal has forgotten the rest while it showed another.
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(layout=True))

    def on_unmount(self) -> None:
        self.workstation.close()


def run_app(files: Sequence[Path], weights: str | None = None) -> int:
    """Run until the writer quits, or something from outside ends it: then nothing typed is lost."""
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")  # a desk, not a show; and nothing to wait for
    # Checks run in threads beside the keys: hand the interpreter over five times as often as Python would.
    sys.setswitchinterval(0.001)
    app = Melodrama(files, weights)
    _end_when_told(app)
    try:
        app.run()
    finally:
        # After a crash the last second of typing is not in the recovery file yet. After a proper end there is
        # nothing.
        if app.return_code != 0:
            app.workstation.recovering.keep_all()
    return app.return_code or 0


def _end_when_told(app: Melodrama) -> None:
    """A terminal that is closed (SIGHUP) and a machine that shuts down (SIGTERM) end the program without a
    question: what is not saved is put aside, and a terminal that is still there gets its own screen back."""

    def told(number: int, frame: FrameType | None) -> None:
        app.workstation.recovering.keep_all()
        # Where the terminal is gone, nothing may be left that could be waited for.
        backstop = threading.Timer(_PATIENCE_S, os._exit, (128 + number,))
        backstop.daemon = True
        backstop.start()
        try:
            asyncio.get_running_loop().call_soon_threadsafe(app.exit, None, 128 + number)
        except RuntimeError:  # not begun yet, or ended already
            raise SystemExit(128 + number) from None

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), told)
