"""What `import` would make of a text that was pasted into a score: a script, or a list of cuts and markers
that goes into the score. A file that was dropped on the terminal is pasted as its path. No screen."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from dsl.importers.convert import Imported

MOST_CHARACTERS = 1_000_000
"""Beyond this a text is better imported as a file."""
_NAMES = 3
_LONGEST_PATH = 1_000
_HEAD = 20_000


@dataclass(frozen=True, slots=True)
class PastedScript:
    """A script as lines of a score; `text` may take the place of what was pasted, of the whole score where it
    `is_whole`. `kind` as `import` names it. `moments`: of a list, in words what becomes of its moments."""

    text: str
    kind: str
    cues: int
    characters: tuple[str, ...]
    is_whole: bool = False
    moments: str = ""

    @property
    def what(self) -> str:
        """What was pasted."""
        return "a list of cuts and markers" if self.moments else "a script"

    @property
    def said(self) -> str:
        """`2 cues · 沈岚, 林风`; `12 moments new, 2 moved`."""
        if self.moments:
            return self.moments
        names = ", ".join(self.characters[:_NAMES]) + (" …" if len(self.characters) > _NAMES else "")
        cues = f"{self.cues} cue{'s' * (self.cues != 1)}"
        return f"{cues} · {names}" if names else cues


def dropped_file(pasted: str) -> Path | None:
    """The file that a pasted path names, in one of the ways in which terminals write what is dropped on them:
    bare, quoted, with backslashes before spaces, or as a `file:` address. None for any other text."""
    line = pasted.strip()
    if not line or "\n" in line or len(line) > _LONGEST_PATH:
        return None
    if line.startswith("file:"):
        line = unquote(urlsplit(line).path)
    elif line[0] in "'\"" and line[-1] == line[0]:
        line = line[1:-1]
    for written in (line, re.sub(r"\\(.)", r"\1", line)):
        path = Path(written)
        try:
            if path.is_absolute() and path.is_file():
                return path
        except (OSError, ValueError):
            return None
    return None


def _opened(pasted: str, title: str) -> tuple[bytes, str, str] | None:
    """(bytes, name, beginning) of what is to be taken in: the text itself, or the file that it names. None
    for a file that cannot be read or that is a score."""
    # Deferred as below.
    from dsl.encodings import decode_foreign
    from dsl.score_file import read_bytes

    path = dropped_file(pasted)
    if path is None:
        return pasted.encode("utf-8", "replace"), f"{title}.txt", pasted[:_HEAD]
    data, _ = read_bytes(path)
    if data is None or path.suffix.lower() == ".score":
        return None
    return data, path.name, decode_foreign(data[: 4 * _HEAD]).text[:_HEAD]


def read_as_script(
    pasted: str,
    is_alone: bool,
    declared: Collection[str] = (),
    eagerly: bool = False,
    title: str = "Untitled",
    rest: str = "",
    folder: Path = Path(),
) -> PastedScript | None:
    """The script that a text is; None where it is a score already, or prose that `import` would leave as it
    is.

    `is_alone`: there is nothing else in the score, so that it gets its front matter, too. `declared`: the
    score's own characters. `eagerly` takes prose as well. `title` where the text has none of its own. `rest`
    is the score, which stands in `folder`, without what was pasted: a list of cuts and markers goes into it.
    The path of a file stands for what the file holds.
    """
    # Deferred: the importers, and the parser that the first paint can do without.
    from dsl.importers.convert import import_bytes, import_into
    from dsl.importers.formats import recognised
    from dsl.importers.story import LISTS

    if len(pasted) > MOST_CHARACTERS:
        return None
    opened = _opened(pasted, title)
    if opened is None:
        return None
    data, name, head = opened
    kind, is_file = recognised(head), dropped_file(pasted) is not None
    if kind in LISTS:
        imported = import_bytes(data, name) if is_alone else import_into(rest, str(folder), data, name)
        return None if imported.problem is not None else _list(imported)
    if kind is None and not is_file and _is_score(pasted):
        return None
    imported = import_bytes(data, name)
    if imported.problem is not None or not imported.cues:
        return None
    new = [name for name in imported.characters if name not in declared]
    if not (eagerly or is_file or new or imported.cues > 1 or imported.kind != "text"):
        return None
    text = imported.text if is_alone else _body(imported.text, declared)
    return PastedScript(text, imported.kind or "text", imported.cues, imported.characters)


def _list(imported: "Imported") -> PastedScript:
    changes = imported.taken.changes if imported.taken is not None else ()
    counts = ((how, sum(one.how == how for one in changes)) for how in ("new", "moved", "same", "left out"))
    said = ", ".join(f"{count:,} {how}" for how, count in counts if count)
    converted = [one for one in imported.remarks if one.became.startswith("converted")]
    said += "".join(f" · {one.what} {one.became}" for one in converted)
    return PastedScript(imported.text, imported.kind or "", imported.cues, (), True, f"moments: {said}")


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
