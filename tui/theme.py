"""Colours: the two themes of the workstation, what the score language looks like, and one colour a role.

Everything that is drawn asks here; no widget names a colour of its own.
"""

from collections.abc import Mapping

from rich.style import Style
from textual.color import Color
from textual.theme import Theme

from dsl.diagnostics import Severity
from dsl.plan import RoleName

DARK = Theme(
    name="melodrama-dark",
    primary="#d9a05b",
    secondary="#7aa2c9",
    accent="#e4b363",
    foreground="#d8d5cf",
    background="#15161a",
    surface="#191b20",
    panel="#24272e",
    success="#7bb67a",
    warning="#e0af5a",
    error="#e4716f",
    dark=True,
    variables={
        "border": "#3b4049",
        "border-blurred": "#3b4049",
        "scrollbar": "#3b4049",
        "scrollbar-hover": "#555b66",
        "scrollbar-active": "#d9a05b",
        "scrollbar-background": "#191b20",
        "scrollbar-background-hover": "#191b20",
        "scrollbar-background-active": "#191b20",
    },
)
LIGHT = Theme(
    name="melodrama-light",
    primary="#8a5a14",
    secondary="#2f6392",
    accent="#9a6212",
    foreground="#26272b",
    background="#f6f4ee",
    surface="#fbfaf6",
    panel="#e9e5db",
    success="#2f7d3b",
    warning="#8f5f00",
    error="#b3302e",
    dark=False,
    variables={
        "border": "#c9c3b4",
        "border-blurred": "#c9c3b4",
        "scrollbar": "#c9c3b4",
        "scrollbar-hover": "#b0a994",
        "scrollbar-active": "#8a5a14",
        "scrollbar-background": "#fbfaf6",
        "scrollbar-background-hover": "#fbfaf6",
        "scrollbar-background-active": "#fbfaf6",
    },
)
THEMES = (DARK, LIGHT)

_ROLES: Mapping[RoleName, tuple[str, str]] = {
    "melody": ("#e45756", "#c23b3a"),
    "counter": ("#f29e4c", "#c06f14"),
    "chords": ("#4c9ad9", "#2f74ad"),
    "bass": ("#5bb06b", "#31823f"),
    "drums": ("#9a86c8", "#6e58a3"),
}
VALENCE = ("#e8b45f", "#a86a00")
AROUSAL = ("#6fb1e0", "#1f6ea8")
BOTH = ("#b9b39f", "#6c6a5c")
PLAYHEAD = ("#f4efe4", "#1b1b1b")

_SYNTAX: Mapping[str, tuple[str, str]] = {
    "directive": ("bold #d9a05b", "bold #8a5a14"),
    "argument": ("#c3bda9", "#5b5646"),
    "value": ("#9fc7a0", "#2f7d3b"),
    "name": ("#9cc3e6", "#2f6392"),
    "string": ("#b6c98a", "#5c7415"),
    "emotion": ("#e8a0b4", "#a33a5c"),
    "key": ("#a9a294", "#6c6656"),
    "notes": ("#b79fe0", "#6a4fa3"),
    "comment": ("italic #6f7480", "italic #8a8577"),
    "cue": ("bold #f0d9a8", "bold #6f4300"),
    "cue number": ("bold #e4b363", "bold #9a6212"),
    "speaker": ("bold #7aa2c9", "bold #2f6392"),
    "dialogue": ("#c9d6e2", "#34495c"),
    "mark": ("#e0af5a", "#8f5f00"),
    "front matter key": ("#7aa2c9", "#2f6392"),
    "rule": ("#5a6070", "#a8a294"),
    "invalid": ("#b98a88", "#8f5a58"),
}
_FINDINGS: Mapping[Severity, tuple[str, str]] = {
    Severity.ERROR: ("#e4716f", "#b3302e"),
    Severity.WARNING: ("#e0af5a", "#8f5f00"),
    Severity.INFO: ("#7aa2c9", "#2f6392"),
}


def pick(pair: tuple[str, str], dark: bool) -> str:
    """The one of a (dark, light) pair that suits the theme."""
    return pair[0] if dark else pair[1]


def role_colour(role: RoleName, dark: bool = True) -> Color:
    """The colour of a role's notes and name."""
    return Color.parse(pick(_ROLES[role], dark))


def finding_colour(severity: Severity, dark: bool = True) -> str:
    """The colour (hex) of an error, a warning or a note."""
    return pick(_FINDINGS[severity], dark)


def syntax_styles(dark: bool) -> dict[str, Style]:
    """Rich styles by the names that `tui.widgets.highlight` gives to stretches of source."""
    styles = {name: Style.parse(pick(pair, dark)) for name, pair in _SYNTAX.items()}
    styles["sung"] = Style.parse("on #3a3222" if dark else "on #f2e2bd")
    for severity, pair in _FINDINGS.items():
        styles[severity.value] = Style.parse(f"underline {pick(pair, dark)}")
    return styles
