"""What a new score starts from: for `melodrama new` and the workstation. A file a template, `{title}` and
`{seed}` in it."""

from importlib.resources import files

TEMPLATES = {
    "story": "a story in cues, piano",
    "film": "a film scene: timecodes, dialogue, hits",
    "tale": "a Chinese tale with a character and a theme",
    "loop": "a game cue that loops",
    "radio": "an audio-drama page in two languages",
}
"""Names, and what each is."""


def begun(template: str, title: str, seed: int) -> str:
    """The text of a new score from one of `TEMPLATES`."""
    text = files("tui.templates").joinpath(f"{template}.score").read_text(encoding="utf-8")
    return text.replace("{title}", title).replace("{seed}", str(seed))
