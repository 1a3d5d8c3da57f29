"""What `import` would make of a text that was pasted into a score. No screen."""

from collections.abc import Collection
from dataclasses import dataclass

MOST_CHARACTERS = 1_000_000
"""Beyond this a text is better imported as a file."""
_NAMES = 3


@dataclass(frozen=True, slots=True)
class PastedScript:
    """A script as lines of a score; `text` may take the place of what was pasted. `kind` as `import` names
    it."""

    text: str
    kind: str
    cues: int
    characters: tuple[str, ...]

    @property
    def said(self) -> str:
        """`2 cues · 沈岚, 林风`."""
        names = ", ".join(self.characters[:_NAMES]) + (" …" if len(self.characters) > _NAMES else "")
        cues = f"{self.cues} cue{'s' * (self.cues != 1)}"
        return f"{cues} · {names}" if names else cues


def read_as_script(
    pasted: str,
    is_alone: bool,
    declared: Collection[str] = (),
    eagerly: bool = False,
    title: str = "Untitled",
) -> PastedScript | None:
    """The script that a text is; None where it is a score already, or prose that `import` would leave as it
    is.

    `is_alone`: there is nothing else in the score, so that it gets its front matter, too. `declared`: the
    score's own characters. `eagerly` takes prose as well. `title` where the text has none of its own.
    """
    # Deferred: the importers, and the parser that the first paint can do without.
    from dsl.importers.convert import import_bytes

    if len(pasted) > MOST_CHARACTERS or _is_score(pasted):
        return None
    imported = import_bytes(pasted.encode("utf-8", "replace"), f"{title}.txt")
    if imported.problem is not None or not imported.cues:
        return None
    new = [name for name in imported.characters if name not in declared]
    if not (eagerly or new or imported.cues > 1 or imported.kind != "text"):
        return None
    text = imported.text if is_alone else _body(imported.text, declared)
    return PastedScript(text, imported.kind or "text", imported.cues, imported.characters)


def _is_score(text: str) -> bool:
    """Whether it speaks the language: a directive, a cue or front matter of its own."""
    from dsl.check import check_source
    from dsl.syntax import CueHeading, DirectiveLine, FrontMatterEnd, Mark

    items = check_source(text).document.items
    marks = (run for item in items for run in getattr(item, "runs", ()))
    own = DirectiveLine | CueHeading | FrontMatterEnd
    return any(isinstance(item, own) for item in items) or any(isinstance(run, Mark) for run in marks)


def _body(text: str, declared: Collection[str]) -> str:
    """The score without front matter and without characters that the other one declares."""
    lines = text.split("\n")
    if "---" in lines:
        lines = lines[lines.index("---") + 1 :]
    known = {f"@character {name}" for name in declared}
    return "\n".join(line for line in lines if line not in known)
