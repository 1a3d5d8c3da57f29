"""Short texts as people read them on a screen: times, fitted titles. Widths are terminal cells, wide
characters two."""

from rich.cells import cell_len, set_cell_size

from dsl.cue_names import cue_label


def clock(seconds: float, tenths: bool = False) -> str:
    """`0:12`, `1:04.3`, `1:02:09`."""
    total = max(seconds, 0.0)
    if tenths:
        whole = int(total * 10) / 10
        return f"{int(whole // 60)}:{whole % 60:04.1f}"
    whole_s = int(total + 0.5)
    if whole_s >= 3600:
        return f"{whole_s // 3600}:{whole_s // 60 % 60:02}:{whole_s % 60:02}"
    return f"{whole_s // 60}:{whole_s % 60:02}"


def cue_name(id: str, title: str) -> str:
    """A cue's number and title; a number that nobody wrote (`cue2`) only where there is no title."""
    return cue_label(id, title)


def fit(text: str, width: int) -> str:
    """Exactly `width` cells: filled with spaces, or cut with an ellipsis. Control characters become dots."""
    text = text if text.isprintable() else "".join(c if c.isprintable() else "·" for c in text)
    if width <= 0:
        return ""
    if cell_len(text) > width:
        text = set_cell_size(text, width - 1).rstrip() + "…"
    return set_cell_size(text, width)


def cut(text: str, width: int) -> str:
    """At most `width` cells, with an ellipsis where something is left out."""
    return text if text.isprintable() and cell_len(text) <= width else fit(text, width).rstrip()
