"""Which files a score is made from besides itself: its includes, and the MIDI and recordings it names.

For those who ask whether a score has changed (a cache, a watch); what the files mean is `dsl.include`'s and
the engine's business. Files that are missing or may not be named are left out: the check tells of them.
"""

from pathlib import Path, PurePosixPath

from dsl.include import MAX_BYTES, MAX_DEPTH, MAX_FILES, locate
from dsl.parse import parse
from dsl.source import decode
from dsl.syntax import (
    DirectiveLine,
    FreezeDirective,
    IncludeDirective,
    MotifDeclaration,
    PictureDirective,
    String,
    TempDirective,
    VoiceDirective,
)


def named_files(data: bytes, folder: Path) -> tuple[Path, ...]:
    """Existing files that the score `data`, which stands in `folder`, takes something from, each once."""
    found: dict[Path, None] = {}
    _collect(data, folder, PurePosixPath(), found, 0)
    return tuple(found)


def named_films(data: bytes, folder: Path) -> tuple[Path, ...]:
    """Existing films (`@picture`) that the score `data`, which stands in `folder`, names, each once: large
    files, apart from the rest so that nobody reads them through for nothing."""
    found: dict[Path, None] = {}
    for item in parse(decode(data)[0]).items:
        directive = item.directive if isinstance(item, DirectiveLine) else None
        if isinstance(directive, PictureDirective):
            place = locate(folder, directive.path.value)
            if not isinstance(place, str) and place.is_file():
                found[place] = None
    return tuple(found)


def _collect(data: bytes, folder: Path, base: PurePosixPath, found: dict[Path, None], depth: int) -> None:
    for item in parse(decode(data)[0]).items:
        directive = item.directive if isinstance(item, DirectiveLine) else None
        named: String | None = None
        if isinstance(directive, IncludeDirective | FreezeDirective | TempDirective | VoiceDirective):
            named = directive.path
        elif isinstance(directive, MotifDeclaration):
            named = directive.file
        if named is None:
            continue
        name = base / named.value
        place = locate(folder, str(name))
        if isinstance(place, str) or place in found or not place.is_file():
            continue
        found[place] = None
        if isinstance(directive, IncludeDirective) and depth < MAX_DEPTH and len(found) <= MAX_FILES:
            inner = _read(place)
            if inner is not None:
                _collect(inner, folder, name.parent, found, depth + 1)


def _read(place: Path) -> bytes | None:
    try:
        return place.read_bytes() if place.stat().st_size <= MAX_BYTES else None
    except OSError:
        return None
