"""What readers of screenplays share, Fountain's and Final Draft's: scenes being filled, names with their
extensions, transitions as music understands them. No syntax here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dsl.importers.story import Aside, Part, Prose, Remark, Scene, Speech, speaks

_EXTENSION = re.compile(r"[ \t]*[(（]([^()（）]*)[)）]$")
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
        if isinstance(part, Prose | Speech) and scene.handover is not None:
            scene.handover, scene.handover_at = None, -1
            self.remark("transitions within a scene", "comments")
        scene.parts.append(part)

    def comment(self, text: str, what: str) -> None:
        """Keeps a text as a comment, and says so."""
        self.add(Aside(text, self.now))
        self.remark(what, "comments")

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

    def extensions(self, name: str, extensions: list[str]) -> None:
        """Keeps what stood in parentheses behind a speaker's name."""
        for extension in extensions:
            if _CONTINUED.fullmatch(extension):
                self.remark("(CONT'D)", "left out")
            elif extension:
                self.comment(f"{name} ({extension})", "extensions of names, as (V.O.)")


def split_extensions(name: str) -> tuple[str, list[str]]:
    """`MARA (V.O.) (CONT'D)` → MARA, [V.O., CONT'D]."""
    extensions: list[str] = []
    while found := _EXTENSION.search(name):
        if not name[: found.start()].strip():
            break
        extensions.insert(0, found.group(1).strip())
        name = name[: found.start()].strip()
    return name, extensions
