"""Every command of the workstation: its name and what people read. Keys are in `tui.settings`; what each
does, in `tui.screens.workstation`."""

from collections.abc import Mapping
from dataclasses import dataclass

from textual.binding import Binding

from tui.command_words import CHINESE
from tui.locale_language import Language
from tui.settings import DEFAULT_KEYS, KEYLESS


@dataclass(frozen=True, slots=True)
class Command:
    """`footer` is its short name at the bottom of the screen, where it has a place there. `comes_first`: its
    key is the desk's before it is the pane's that has the focus."""

    id: str
    title: str
    help: str
    footer: str | None = None
    comes_first: bool = True

    @property
    def action(self) -> str:
        """What Textual is told to run."""
        return f"command({self.id!r})"

    def said(self, language: Language) -> tuple[str, str]:
        """(title, help) in a language."""
        return CHINESE[self.id] if language == "zh" else (self.title, self.help)


COMMANDS: tuple[Command, ...] = (
    Command("help", "Help", "the word under the cursor, and the keys", "help"),
    Command("play", "Play or pause", "from the playhead", "play"),
    Command("render", "Render to files…", "choose the formats: MIDI, sound, sheets", "render"),
    Command("render-as", "Render to a folder…", "choose where the files go"),
    Command("take-previous", "Previous take", "hear another candidate for this cue", "take−"),
    Command("take-next", "Next take", "hear another candidate for this cue", "take+"),
    Command("take-keep", "Keep this take", "write @take N into the score", "keep"),
    Command("takes", "Choose a take…", "every candidate of this cue, by ear"),
    Command("freeze", "Freeze this take", "its notes to a MIDI file, played from then on"),
    Command("improve", "Improve this cue…", "what may help where the match is poor"),
    Command("save", "Save", "write the score to its file", "save"),
    Command("save-as", "Save as…", "write the score to another file"),
    Command("open", "Open…", "a file, or one of the recent ones"),
    Command("new", "New score…", "from a template"),
    Command("close", "Close this score", "asks where it is not saved"),
    Command("next-file", "Next open score", "go through the open files"),
    Command("undo", "Undo", "the last edit, takes kept and fixes as well", None, False),
    Command("redo", "Redo", "what was undone", None, False),
    Command("select-all", "Select all", "the whole script"),
    Command("find", "Find", "in this score"),
    Command("find-next", "Find next", "the same again"),
    Command("replace", "Find and replace", "in this score"),
    Command("goto", "Go to line…", "by its number"),
    Command("complete", "Complete", "directives, emotions, styles, names"),
    Command("feel", "Read as…", "what a sentence, or the words selected, feel to you"),
    Command("fix", "Mend the problem", "apply the fix that the finding offers"),
    Command("problems", "Problems", "show or fold the list"),
    Command("loop", "Loop", "the lines selected, or the cue that plays, at rest the cursor's; again ends it"),
    Command("pane-next", "Next pane", "to the piano roll; a word just begun is completed"),
    Command("pane-previous", "Previous pane", "and from the script to the cues"),
    Command("panels", "Fold panels", "more room for the script"),
    Command("take-in", "Take in as a script", "what was pasted, selected, or all, as import would"),
    Command("format", "Format the score", "normalise spacing; the words stay"),
    Command("theme", "Dark or light", "change the theme"),
    Command("live", "Compose while typing", "on or off"),
    Command("follow", "Follow what I type", "the line being written steers the bars to come"),
    Command("compose", "Compose now", "again, without waiting"),
    Command("roll-fit", "Roll: show all", "the whole score in the width"),
    Command("roll-in", "Roll: zoom in", "around the playhead"),
    Command("roll-out", "Roll: zoom out", "around the playhead"),
    Command("commands", "Commands", "every command by name", "commands"),
    Command("quit", "Quit", "asks where a score is not saved", "quit"),
)


def bindings() -> list[Binding]:
    """The bindings of the workstation, with ids, so that a key map may move them."""
    return [
        Binding(
            DEFAULT_KEYS[command.id],
            command.action,
            command.footer or command.title,
            show=command.footer is not None,
            priority=command.comes_first,
            id=command.id,
        )
        for command in COMMANDS
        if command.id in DEFAULT_KEYS
    ]


def own_keys(chosen: Mapping[str, str]) -> list[tuple[str, str]]:
    """(key, action) of the commands that have a key only because the settings give them one."""
    actions = {command.id: command.action for command in COMMANDS}
    return [(key, actions[command]) for command, key in chosen.items() if command in KEYLESS]


def keys_of(chosen: Mapping[str, str]) -> list[tuple[str, Command]]:
    """(keys as people read them, command), every command once."""
    found = []
    for command in COMMANDS:
        keys = chosen.get(command.id) or DEFAULT_KEYS.get(command.id, "")
        shown = dict.fromkeys(_readable(key) for key in keys.split(",") if key)
        found.append((", ".join(shown), command))
    return found


def _readable(key: str) -> str:
    names = {"ctrl": "^", "shift": "Shift ", "tab": "Tab", "underscore": "_", "@": "Space", "space": "Space"}
    parts = (names.get(part) or (part.upper() if len(part) < 4 else part) for part in key.strip().split("+"))
    return "".join(parts)
