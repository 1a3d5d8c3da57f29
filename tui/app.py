"""The full-screen app: themes, settings and keys around the workstation, and the command palette."""

import os
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import App
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.screen import Screen

from tui.commands import keys_of
from tui.recovery import keep_recovery
from tui.screens.workstation import Workstation
from tui.settings import DEFAULT_KEYS, Settings, load_settings
from tui.studio.distant import DistantStudio
from tui.studio.protocol import Studio
from tui.theme import THEMES


class Commands(Provider):
    """Every command of the workstation by name."""

    @property
    def _found(self) -> list[tuple[str, str, str]]:
        """(title with its keys, help, action) of every command but the palette itself."""
        keys = self.app.settings.keys if isinstance(self.app, Melodrama) else {}
        return [
            (f"{command.title}  {shown}".rstrip(), command.help, command.action)
            for shown, command in keys_of(keys)
            if command.id != "commands"
        ]

    async def discover(self) -> Hits:
        for title, about, action in self._found:
            yield DiscoveryHit(title, partial(self.screen.run_action, action), help=about)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for title, about, action in self._found:
            score = max(matcher.match(title), matcher.match(about) * 0.7)
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

    def on_unmount(self) -> None:
        self.workstation.close()


def run_app(files: Sequence[Path], weights: str | None = None) -> int:
    """Run until the writer quits."""
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")  # a desk, not a show; and nothing to wait for
    # Checks run in threads beside the keys: hand the interpreter over five times as often as Python would.
    sys.setswitchinterval(0.001)
    app = Melodrama(files, weights)
    try:
        app.run()
    finally:
        # After a crash the last second of typing is not in the recovery file yet. After a proper end there is
        # nothing.
        if app.return_code != 0:
            for session in app.workstation.sessions:
                if session.is_modified:
                    keep_recovery(session.file.path, session.text, app.workstation.recovering.presence.token)
    return app.return_code or 0
