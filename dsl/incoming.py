"""Any script as a plan: a score as it stands, everything else as `import` would make a score of it.

For commands that only read (`analyze`, `match`): whatever they are given, what they read is what `import`
would have written, and lines are counted as in the file itself.
"""

from dataclasses import dataclass
from pathlib import Path

from dsl.diagnostics import Span
from dsl.encodings import decode_foreign
from dsl.importers.convert import Imported, import_bytes
from dsl.importers.formats import SUFFIXES
from dsl.importers.story import LISTS
from dsl.limits import MOST_SCORE_BYTES
from dsl.parse import parse_line
from dsl.score_file import Loaded, plan_source
from dsl.source import split_lines
from dsl.syntax import DirectiveLine


@dataclass(frozen=True, slots=True)
class Script:
    """A script that came in. `imported` is None where it is a score itself; `lines` are those of the file."""

    loaded: Loaded
    lines: list[str]
    imported: Imported | None = None

    def span(self, span: Span, words: str) -> Span:
        """Where in the file the `words` of the score's line at `span` stand: the words themselves where the
        line has them as they are read, else the line."""
        if self.imported is None:
            return span
        sources = self.imported.sources
        line = sources[span.line - 1] if span.line <= len(sources) else 0
        if not 0 < line <= len(self.lines):
            return Span(1, 1, 1, 1)
        text = self.lines[line - 1]
        at = text.find(words)
        if at >= 0:
            return Span(line, at + 1, line, at + 1 + len(words))
        return Span(line, len(text) - len(text.lstrip()) + 1, line, len(text.rstrip()) + 1)


def read_script(data: bytes, path: Path) -> Script:
    """The script in `data`, which comes from `path`. Nothing raises for what it holds."""
    if path.suffix.lower() == ".score" or (_may_be_score(path) and looks_like_score(data)):
        loaded = plan_source(data, path)
        return Script(loaded, loaded.source)
    imported = import_bytes(data, path.name)
    if imported.problem is not None:
        return Script(Loaded(path, None, (), [], f"{path}: {imported.problem}"), [], imported)
    if imported.kind in LISTS:
        what = "holds cuts and markers of a film and no words to read"
        problem = f"{path} {what}; melodrama import makes a score of it"
        return Script(Loaded(path, None, (), [], problem), [], imported)
    text = decode_foreign(data).text
    loaded = plan_source(imported.text, path.with_suffix(".score"))
    return Script(loaded, list(split_lines(text)), imported)


def looks_like_score(data: bytes) -> bool:
    """Whether a text that is not called so is a score: it says so at its head, or holds a directive."""
    if len(data) > MOST_SCORE_BYTES:
        return False
    text = decode_foreign(data).text
    if text.lstrip("\ufeff \t\r\n").startswith("melodrama:"):
        return True
    return any(
        isinstance(parse_line(line).item, DirectiveLine)
        for line in split_lines(text)
        if line.lstrip().startswith("@") and len(line) < 500
    )


def _may_be_score(path: Path) -> bool:
    suffix = path.suffix.lower()
    return not suffix or SUFFIXES.get(suffix) == "text"
