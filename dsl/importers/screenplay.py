"""What readers of screenplays share, Fountain's and Final Draft's: scenes being filled, names with their
extensions, transitions as music understands them. No syntax here.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dsl.importers.story import Aside, Part, Prose, Remark, Scene, Speech, speaks

_EXTENSION = re.compile(r"[ \t]*[(（](?:([^()（）]*)[)）]|([^()（）]+))$")
"""The last may lack its end: `MARA (V.O.`."""
_PAGE_TURN = re.compile(
    r"[(（](?:MORE|CONTINUED|CONT[’']?D)[:：]?[)）]"
    r"|(?:\d{1,4} )?CONTINUED[:：](?: ?[(（]\d{1,2}[)）])?(?: \d{1,4})?"
)
"""What a page says of the next one."""
_BY = re.compile(
    r"(?:written |screenplay |story |teleplay |script )?by[:\s]*|编剧[:：]?\s*|作者[:：]?\s*", re.I
)
_THE_END = re.compile(
    r"[(（【—\s-]*(?:THE END|END|FIN|剧终|劇終|全剧终|全劇終|全文完|完)[)）】.。—\s-]*", re.I
)
_CONTINUED = re.compile(r"cont[’'.]?d?\.?|continued|续", re.I)
_HANDOVERS = {
    "DISSOLVE": "crossfade 2s",
    "CROSS": "crossfade 2s",
    "叠化": "crossfade 2s",
    "FADE OUT": "ring-out",
    "FADE TO BLACK": "ring-out",
    "淡出": "ring-out",
    "FADE TO": "crossfade 2s",
    "MATCH": "segue",
    "CUT": "cut",
    "切": "cut",
}
"""What a transition of film is in music; the first whose words it holds."""


@dataclass(slots=True)
class OpenScene:
    """A scene that is being read. `handover_at` is the index in `parts` of the comment that its transition
    left."""

    title: str | None
    line: int
    parts: list[Part] = field(default_factory=list)
    handover: str | None = None
    handover_at: int = -1

    def closed(self, parts: Iterator[Part]) -> Scene:
        """The scene with `parts` for its own."""
        return Scene(self.title, tuple(parts), self.line, self.handover)

    def without_handover(self) -> Iterator[Part]:
        """The parts but for the comment of a transition that became an @transition."""
        return (part for place, part in enumerate(self.parts) if place != self.handover_at)


@dataclass(slots=True)
class Screenplay:
    """A screenplay being read; `now` is the line that is read."""

    title: str | None = None
    author: str | None = None
    opening: list[Aside] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    scenes: list[OpenScene] = field(default_factory=lambda: [OpenScene(None, 1)])
    now: int = 1

    def add(self, part: Part) -> None:
        """Adds to the last scene; what is heard behind a transition makes that a comment."""
        scene = self.scenes[-1]
        if isinstance(part, Prose) and scene.handover is not None and is_the_end(part.text):
            self.remark("closing words", "comments", part.line)
            part = Aside(part.text, part.line)
        if isinstance(part, Prose | Speech) and scene.handover is not None:
            scene.handover, scene.handover_at = None, -1
            self.remark("transitions within a scene", "comments")
        scene.parts.append(part)

    def comment(self, text: str, what: str) -> None:
        """Keeps a text as a comment, and says so."""
        self.add(Aside(text, self.now))
        self.remark(what, "comments")

    def keep_name(self, name: str, since: int) -> None:
        """Keeps the name of somebody who has said nothing since part `since` of the scene."""
        if not any(isinstance(part, Speech) for part in self.scenes[-1].parts[since:]):
            self.comment(name, "names without words")

    def remark(self, what: str, became: str, number: int = 0) -> None:
        """Says what became of something in line `number` (0: the line that is read)."""
        self.remarks.append(Remark(number or self.now, what, became))

    def begin_scene(self, title: str, number: str | None) -> None:
        """Begins a scene, with its shooting number where it has one."""
        self.scenes.append(OpenScene(title, self.now))
        if number:
            self.comment(f"scene {number}", "scene numbers")

    def hand_over(self, text: str) -> None:
        """A transition: the scene's @transition where music has a word for it, else a comment."""
        scene = self.scenes[-1]
        kind = next((music for words, music in _HANDOVERS.items() if words in text.upper()), None)
        if kind is None or not speaks(scene.parts):
            self.comment(text, "transitions that music has no word for")
            return
        scene.handover, scene.handover_at = kind, len(scene.parts)
        scene.parts.append(Aside(text, self.now))

    def read_cover(self, lines: Iterable[tuple[int, str]]) -> None:
        """Title and author as they stand on nearly every title page; its other lines become comments."""
        follows_by = False
        for number, text in lines:
            by = _BY.match(text)
            if self.title is None:
                self.title = text
            elif by is not None and by.end() == len(text):
                follows_by = True
            elif self.author is None and (follows_by or by is not None):
                self.author = text[by.end() :] if by is not None else text
            else:
                self.opening.append(Aside(text, number))
                self.remark("other lines of the title page", "comments", number)

    def extensions(self, name: str, extensions: list[str]) -> None:
        """Keeps what stood in parentheses behind a speaker's name."""
        for extension in extensions:
            if _CONTINUED.fullmatch(extension):
                self.remark("(CONT'D)", "left out")
            elif extension:
                self.comment(f"{name} ({extension})", "extensions of names, as (V.O.)")


def is_the_end(text: str) -> bool:
    """`THE END`, `剧终`, `（完）`."""
    return _THE_END.fullmatch(text) is not None


def says_by(text: str) -> bool:
    """Whether a line of a title page says who wrote it: `by`, `Written by Anna Schmidt`, not `By the
    river`."""
    found = _BY.match(text)
    if found is None:
        return False
    names = text[found.end() :].split()
    return len(names) <= 6 and all(
        not name[0].islower() or name in ("and", "de", "van", "von") for name in names
    )


def is_page_turn(text: str) -> bool:
    """`(MORE)`, `CONTINUED: (2)`: whether a line is of the page and not of the script."""
    return _PAGE_TURN.fullmatch(text if text[:1] not in "(（" else text.upper()) is not None


def split_extensions(name: str) -> tuple[str, list[str]]:
    """`MARA (V.O.) (CONT'D)` → MARA, [V.O., CONT'D]."""
    extensions: list[str] = []
    while found := _EXTENSION.search(name):
        if not name[: found.start()].strip():
            break
        extensions.insert(0, (found.group(1) or found.group(2) or "").strip())
        name = name[: found.start()].strip()
    return name, extensions
