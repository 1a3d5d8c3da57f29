"""`@include`: declarations from other files, and the rule that no path of a score leads out of its folder.

Only what is declared comes in. Files are read anew each time: they are small, and whoever edits one wants to
see it.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from dsl.diagnostics import Finding, Severity, Span, error, warning
from dsl.directive_words import FRONT_MATTER_NAMES
from dsl.parse import parse
from dsl.source import decode
from dsl.syntax import (
    DECLARATIONS,
    Blank,
    Comment,
    Declarations,
    DirectiveLine,
    Document,
    FrontMatterEnd,
    FrontMatterEntry,
    IncludeDirective,
    Item,
    MotifDeclaration,
    String,
)
from dsl.vocabulary import canonical

MAX_DEPTH = 8
MAX_FILES = 64
MAX_BYTES = 1_000_000


def locate(folder: Path, path: str) -> Path | str:
    """The file that `path` names below `folder`, or the sentence that says why it names none.

    The file need not exist. Symbolic links are followed, and must end below the folder too.
    """
    pure = PurePosixPath(path)
    if not path.strip() or "\0" in path or len(path) > 500:
        return "This is no file name."
    if pure.is_absolute() or path.startswith("~") or "\\" in path or ":" in path.split("/")[0]:
        return "Only files in the score's folder can be named, by a path from there, with /."
    if ".." in pure.parts:
        return "The path leads out of the score's folder."
    try:
        root = os.path.realpath(folder)
        real = os.path.realpath(os.path.join(root, path))
    except (OSError, ValueError):
        return "This is no file name."
    if os.path.commonpath([root, real]) != root:
        return "The path leads out of the score's folder, by a symbolic link."
    return Path(real)


def include_lines(document: Document) -> Iterator[tuple[int, IncludeDirective]]:
    """(line number from 1, directive) of every `@include` that stands where declarations are allowed."""
    for number, line in enumerate(document.parsed, 1):
        if line.declares and isinstance(line.item, DirectiveLine):
            directive = line.item.directive
            if isinstance(directive, IncludeDirective):
                yield number, directive


def load_includes(document: Document, folder: Path | None) -> tuple[Declarations, tuple[Finding, ...]]:
    """What the document's includes declare, with findings at its own `@include` lines."""
    loader = _Loader(folder)
    for number, directive in include_lines(document):
        loader.include(directive, number, PurePosixPath(), ())
    return loader.declarations, tuple(loader.findings)


@dataclass(slots=True)
class _Loader:
    """Collects declarations; `span`, the path in the score's own `@include`, places every finding."""

    folder: Path | None
    span: Span = field(default=Span(1, 1, 1, 1))
    declarations: Declarations = field(default_factory=Declarations)
    findings: list[Finding] = field(default_factory=list)
    files: int = 0
    loaded: set[Path] = field(default_factory=set)

    def include(
        self, directive: IncludeDirective, line: int, base: PurePosixPath, chain: tuple[Path, ...]
    ) -> None:
        self.span = directive.path.columns.on(line)
        for message, code, hint in self._load(directive, base, chain):
            maker = warning if code[0] == "W" else error
            self.findings.append(maker(code, message, self.span, hint))

    def _load(
        self, directive: IncludeDirective, base: PurePosixPath, chain: tuple[Path, ...]
    ) -> Iterator[tuple[str, str, str | None]]:
        """Load one file and what it includes; yields (message, code, hint)."""
        name = str(base / directive.path.value)
        place = locate(self.folder or Path("."), name)
        if isinstance(place, str):
            yield f"{directive.path.value[:60]}: {place}", "E501", "Put the file beside the score."
            return
        if self.folder is None:
            yield "A score without a folder cannot include files.", "E502", "Save it first."
            return
        if place in chain:
            yield f"{name} includes itself, by way of {len(chain)} files.", "E503", "Break the circle."
            return
        if place in self.loaded:
            return
        self.files += 1
        if len(chain) >= MAX_DEPTH or self.files > MAX_FILES:
            yield f"Too many includes: at most {MAX_FILES}, {MAX_DEPTH} deep.", "E504", "Join some of them."
            return
        self.loaded.add(place)
        data = _read(place)
        if isinstance(data, str):
            yield f"{name[:60]}: {data}", "E502", "Check its name, beside the score."
            return
        yield from self._take_in(data, name, (*chain, place))

    def _take_in(
        self, data: bytes, name: str, chain: tuple[Path, ...]
    ) -> Iterator[tuple[str, str, str | None]]:
        text, encoding = decode(data)
        included = parse(text)
        base = PurePosixPath(name).parent
        for number, directive in include_lines(included):
            for message, code, hint in self._load(directive, base, chain):
                yield f"{name}:{number}: {message}", code, hint
        for number, item in included.numbered():
            complaint = _out_of_place(item)
            if complaint is not None:
                message = f"{name}:{number}: {complaint} is no declaration."
                yield message, "E505", "Only declarations can be included."
                break
        mistakes = [found for found in (*encoding, *included.findings) if found.severity is Severity.ERROR]
        if mistakes:
            first = mistakes[0]
            more = f" ({len(mistakes) - 1} more)" if len(mistakes) > 1 else ""
            yield f"{name}:{first.span.line}: {first.message}{more}", "E506", "Check that file."
        known = {
            canonical(item.key.text, FRONT_MATTER_NAMES)
            for item in included.items
            if isinstance(item, FrontMatterEntry)
        }
        if known - {"melodrama", "title", "author"}:
            yield (
                f"The front matter of {name} is not used here.",
                "W510",
                "Settings belong to the score itself.",
            )
        yield from self._merge(included, name, base)

    def _merge(
        self, included: Document, name: str, base: PurePosixPath
    ) -> Iterator[tuple[str, str, str | None]]:
        """Add declarations; a name that another file declared keeps its first meaning, and that is told."""
        ours, theirs = self.declarations, included.declarations
        for known, new in (
            (ours.characters, theirs.characters),
            (ours.motifs, theirs.motifs),
            (ours.moods, theirs.moods),
            (ours.palettes, theirs.palettes),
            (ours.feelings, theirs.feelings),
        ):
            for key in sorted(known.keys() & new.keys()):
                message = f"{key[:40]} is declared in {known[key].file} already; this one is not used."
                yield f"{name}:{new[key].line}: {message}", "E313", "Give it another name, or delete it."
        span = self.span
        motifs = {
            key: replace(found, directive=_relocated(found.directive, base), file=name, brought=span)
            for key, found in theirs.motifs.items()
        }
        characters = {
            key: replace(found, file=name, brought=span) for key, found in theirs.characters.items()
        }
        moods = {key: replace(found, file=name, brought=span) for key, found in theirs.moods.items()}
        palettes = {key: replace(found, file=name, brought=span) for key, found in theirs.palettes.items()}
        feelings = {key: replace(found, file=name, brought=span) for key, found in theirs.feelings.items()}
        self.declarations = Declarations(
            {**characters, **ours.characters},
            {**motifs, **ours.motifs},
            {**moods, **ours.moods},
            {**palettes, **ours.palettes},
            {**feelings, **ours.feelings},
        )


def _relocated(directive: MotifDeclaration, base: PurePosixPath) -> MotifDeclaration:
    if directive.file is None or not base.parts:
        return directive
    return replace(directive, file=String(str(base / directive.file.value), directive.file.columns))


def _out_of_place(item: Item) -> str | None:
    if isinstance(item, (Blank, Comment, FrontMatterEntry, FrontMatterEnd)):
        return None
    if isinstance(item, DirectiveLine):
        if isinstance(item.directive, DECLARATIONS):
            return None
        return f"@{item.directive.name.text}"
    kind = type(item).__name__
    return None if kind == "Invalid" else "a cue" if kind == "CueHeading" else "script text"


def _read(place: Path) -> bytes | str:
    """A file's bytes, or the sentence that says why there are none."""
    try:
        if not place.exists():
            return "There is no such file."
        if not place.is_file():
            return "This is no regular file."
        if place.stat().st_size > MAX_BYTES:
            return f"The file is larger than {MAX_BYTES:,} bytes."
        return place.read_bytes()
    except OSError as problem:
        return f"It cannot be read ({problem.strerror or 'no reason given'})."
