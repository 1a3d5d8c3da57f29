"""Every command of the workstation: its name, what people read, and the action behind it. Keys are in
`tui.settings`."""

from collections.abc import Mapping
from dataclasses import dataclass

from textual.binding import Binding

from tui.settings import DEFAULT_KEYS


@dataclass(frozen=True, slots=True)
class Command:
    """`footer` is its short name at the bottom of the screen, where it has a place there. `comes_first`: its
    key is the desk's before it is the pane's that has the focus."""

    id: str
    title: str
    help: str
    action: str
    footer: str | None = None
    comes_first: bool = True


COMMANDS: tuple[Command, ...] = (
    Command("help", "Help", "the word under the cursor, and the keys", "help", "help"),
    Command("play", "Play or pause", "from the playhead", "play", "play"),
    Command("render", "Render to files…", "choose the formats: MIDI, sound, sheets", "render", "render"),
    Command("render-as", "Render to a folder…", "choose where the files go", "render_as"),
    Command("take-previous", "Previous take", "hear another candidate for this cue", "take(-1)", "take−"),
    Command("take-next", "Next take", "hear another candidate for this cue", "take(1)", "take+"),
    Command("take-keep", "Keep this take", "write @take N into the score", "keep", "keep"),
    Command("takes", "Choose a take…", "every candidate of this cue, by ear", "takes"),
    Command("freeze", "Freeze this take", "its notes to a MIDI file, played from then on", "freeze"),
    Command("improve", "Improve this cue…", "what may help where the match is poor", "improve"),
    Command("save", "Save", "write the score to its file", "save", "save"),
    Command("save-as", "Save as…", "write the score to another file", "save_as"),
    Command("open", "Open…", "a file, or one of the recent ones", "open"),
    Command("new", "New score…", "from a template", "new"),
    Command("close", "Close this score", "asks where it is not saved", "close"),
    Command("next-file", "Next open score", "go through the open files", "next_file"),
    Command("undo", "Undo", "the last edit, takes kept and fixes as well", "undo", None, False),
    Command("redo", "Redo", "what was undone", "redo", None, False),
    Command("select-all", "Select all", "the whole script", "select_all"),
    Command("find", "Find", "in this score", "find"),
    Command("find-next", "Find next", "the same again", "find_next"),
    Command("replace", "Find and replace", "in this score", "replace"),
    Command("goto", "Go to line…", "by its number", "goto"),
    Command("complete", "Complete", "directives, emotions, styles, names", "complete"),
    Command("fix", "Mend the problem", "apply the fix that the finding offers", "fix"),
    Command("problems", "Problems", "show or fold the list", "problems"),
    Command("loop", "Loop", "the lines selected, or the cue that plays; again ends it", "loop"),
    Command("pane-next", "Next pane", "to the piano roll; a word just begun is completed", "pane(1)"),
    Command("pane-previous", "Previous pane", "and from the script to the cues", "pane(-1)"),
    Command("panels", "Fold panels", "more room for the script", "panels"),
    Command(
        "take-in", "Take in as a script", "what was pasted, selected, or all, as import would", "take_in"
    ),
    Command("format", "Format the score", "normalise spacing; the words stay", "format"),
    Command("theme", "Dark or light", "change the theme", "theme"),
    Command("live", "Compose while typing", "on or off", "live"),
    Command("compose", "Compose now", "again, without waiting", "compose"),
    Command("roll-fit", "Roll: show all", "the whole score in the width", "roll('fit')"),
    Command("roll-in", "Roll: zoom in", "around the playhead", "roll('in')"),
    Command("roll-out", "Roll: zoom out", "around the playhead", "roll('out')"),
    Command("commands", "Commands", "every command by name", "command_palette", "commands"),
    Command("quit", "Quit", "asks where a score is not saved", "quit", "quit"),
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
