"""The workstation's settings: one TOML file, read once. A mistake in it is a line of text, never a refusal to
start.

theme = "melodrama-dark"     # any theme of the palette
takes = 8                    # candidates a cue
device = "auto"              # auto, cpu, cuda
soundfont = "/path/to.sf2"
live = true                  # compose while typing

[taste]
learn = true                 # remember which takes are kept, for choosing by (see `melodrama taste`)

[keys]
play = "f5"                  # any command of `COMMANDS`; several keys with commas
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from dsl.conflict import is_conflict_marker
from engine.user_folders import config_folder

DEFAULT_KEYS: Mapping[str, str] = {
    "help": "f1",
    "fix": "f2",
    "find-next": "f3",
    "problems": "f4",
    "play": "f5",
    "render": "f6",
    "take-previous": "f7",
    "take-next": "f8",
    "take-keep": "f9",
    "takes": "f12",
    "loop": "f10",
    "undo": "ctrl+z",
    "redo": "ctrl+y",
    "save": "ctrl+s",
    "save-as": "ctrl+underscore",
    "open": "ctrl+o",
    "new": "ctrl+n",
    "close": "ctrl+l",
    "next-file": "ctrl+t",
    "find": "ctrl+f",
    "replace": "ctrl+r",
    "goto": "ctrl+g",
    "feel": "ctrl+e",
    "complete": "ctrl+@,ctrl+space",
    "commands": "ctrl+p",
    "panels": "ctrl+b",
    "pane-next": "tab",
    "pane-previous": "shift+tab",
    "quit": "ctrl+q",
}
"""Command → keys. Only keys that ordinary terminals tell apart."""
KEYLESS: tuple[str, ...] = (
    "render-as",
    "freeze",
    "improve",
    "select-all",
    "take-in",
    "format",
    "theme",
    "live",
    "follow",
    "compose",
    "roll-fit",
    "roll-in",
    "roll-out",
)
"""Commands that have a key only where the settings give them one."""

Device = Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True, slots=True)
class Settings:
    """`takes` 1–64 candidates a cue. `keys` are those that differ from `DEFAULT_KEYS`."""

    theme: str = "melodrama-dark"
    takes: int = 8
    device: Device = "auto"
    soundfont: Path | None = None
    live: bool = True
    learn: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)


_MOST_BYTES = 1_000_000
_UNREAD = Settings(learn=False)
"""In place of a file that cannot be read: it may say that nothing is to be learnt, and is not overruled."""


def settings_path() -> Path:
    """MELODRAMA_CONFIG names the file, else it lies in the user's configuration folder."""
    named = os.environ.get("MELODRAMA_CONFIG")
    if named:
        return Path(named)
    return config_folder() / "config.toml"


def load_settings(path: Path | None = None, themes: tuple[str, ...] = ()) -> tuple[Settings, tuple[str, ...]]:
    """The settings and what is wrong with the file, a line each. No file is no problem."""
    path = path or settings_path()
    try:
        text = _text(path)
    except FileNotFoundError:
        return Settings(), ()
    except OSError as error:
        return _UNREAD, (f"{path} cannot be read: {error.strerror or error}",)
    except ValueError as error:
        return _UNREAD, (f"{path} cannot be read: {error}",)
    conflict = next((n for n, line in enumerate(text.splitlines(), 1) if is_conflict_marker(line)), None)
    if conflict is not None:
        return _UNREAD, (f"{path}: a merge left two versions in line {conflict}; keep one of them",)
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, thousands of brackets
        return _UNREAD, (f"{path}: {error}",)
    reader = _Reader(path, text.splitlines(), themes)
    return reader.settings(table), tuple(reader.problems)


def _text(path: Path) -> str:
    """The file's text, without the byte order mark that some editors put before it. Raises OSError, and
    ValueError where it is no text of a sensible length."""
    if path.is_fifo():
        raise ValueError("it is no file")
    with path.open("rb") as stream:
        data = stream.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ValueError("it is too large for settings")
    return data.decode("utf-8-sig")


class _Reader:
    """Takes what is right from a table and says what is not, with its line and the nearest right key."""

    def __init__(self, path: Path, lines: list[str], themes: tuple[str, ...]) -> None:
        self.path, self.lines, self.themes = path, lines, themes
        self.problems: list[str] = []

    def settings(self, table: dict[str, Any]) -> Settings:
        known = ("theme", "takes", "device", "soundfont", "live", "taste", "keys")
        for key in table:
            if key not in known:
                self._unknown(key, known)
        keys = table.get("keys", {})
        font = self._take(table, "soundfont", str, "", "a path in quotes")
        device = self._take(table, "device", str, "auto", "auto, cpu or cuda")
        if device not in ("auto", "cpu", "cuda"):
            self._say("device", f"device is auto, cpu or cuda, not {device!r}")
            device = "auto"
        takes = self._take(table, "takes", int, 8, "a whole number from 1 to 64")
        if not 1 <= takes <= 64:
            self._say("takes", f"takes is a whole number from 1 to 64, not {takes}")
            takes = 8
        theme = self._take(table, "theme", str, "melodrama-dark", "a theme's name in quotes")
        if self.themes and theme not in self.themes:
            self._unknown(theme, self.themes, "theme", "theme")
            theme = "melodrama-dark"
        return Settings(
            theme,
            takes,
            device,
            Path(os.path.expanduser(font)) if font else None,
            self._take(table, "live", bool, True, "true or false"),
            self._learn(table.get("taste", {})),
            self._keys(keys),
        )

    def _learn(self, taste: Any) -> bool:
        if not isinstance(taste, dict):
            self._say("taste", "[taste] is a table: learn = true or false")
            return False  # who wrote it wants something else than what is the rule
        for key in taste:
            if key != "learn":
                self._unknown(key, ("learn",))
        learn = taste.get("learn", True)
        if not isinstance(learn, bool):
            self._say("learn", f"learn is true or false, not {learn!r}; nothing is learnt")
            return False
        return learn

    def _keys(self, keys: Any) -> dict[str, str]:
        if not isinstance(keys, dict):
            self._say("keys", "[keys] is a table of command = key")
            return {}
        chosen: dict[str, str] = {}
        for command, key in keys.items():
            if command not in DEFAULT_KEYS and command not in KEYLESS:
                self._unknown(command, (*DEFAULT_KEYS, *KEYLESS), "command")
            elif not isinstance(key, str) or not key.strip():
                such = DEFAULT_KEYS.get(command, "f11")
                self._say(command, f'{command} wants a key in quotes, such as "{such}"')
            else:
                chosen[command] = key.strip()
        self._clashes(chosen)
        return chosen

    def _clashes(self, chosen: Mapping[str, str]) -> None:
        """Two commands on one key: the one that the file names keeps it, and the line says so."""
        owner: dict[str, str] = {}
        for command, keys in {**DEFAULT_KEYS, **chosen}.items():
            for key in keys.split(","):
                other = owner.setdefault(key.strip(), command)
                if other != command:
                    named = command if command in chosen else other
                    self._say(named, f"{key.strip()} is the key of both {other} and {command}")

    def _take(self, table: dict[str, Any], key: str, kind: type, default: Any, what: str) -> Any:
        value = table.get(key, default)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self._say(key, f"{key} is {what}, not {value!r}")
            return default
        return value

    def _unknown(
        self, key: str, known: tuple[str, ...], what: str = "setting", at: str | None = None
    ) -> None:
        near = get_close_matches(key, known, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]}?" if near else f"; known: {', '.join(known)}"
        self._say(at or key, f"unknown {what} {key!r}{hint}")

    def _say(self, key: str, message: str) -> None:
        line = next(
            (n for n, text in enumerate(self.lines, 1) if text.strip().strip('"[').startswith(key)), 1
        )
        self.problems.append(f"{self.path}, line {line}: {message}")
