"""Final Draft screenplays (`.fdx`, XML) → `Story`, as Fountain's become one: scenes, speech, transitions.

Read by expat as it comes, with line and column of everything. Entities of a file's own are refused, so that
none can grow beyond all memory, and nothing outside the file is ever opened.
"""

from dataclasses import dataclass, field
from xml.parsers import expat

from dsl.importers.screenplay import Screenplay, is_page_turn, split_extensions
from dsl.importers.story import Aside, Gap, Prose, Speech, Story

_DEEPEST = 200
"""Elements within each other; Final Draft has some ten."""
_SETTINGS_SHOWN = 6
_COMMENTS = {
    "Cast List": "cast lists",
    "New Act": "acts",
    "End of Act": "acts",
    "Outline Body": "outlines",
}
"""Types of paragraph that are for readers only, and how they are told."""
_HEARD = frozenset(("Action", "General", "Shot", ""))
_SUNG = frozenset(("Lyrics", "Singing"))
_OMITTED = ("OMIT", "OMITTED", "SCENE OMITTED")
_NOTES = {
    "ScriptNote": "notes",
    "OmittedScene": "omitted scenes",
    "Summary": "synopses",
    "SceneProperties": "synopses",
}
"""Elements inside a paragraph whose text is not the script's, and how they are told."""


@dataclass(slots=True)
class _Paragraph:
    """A paragraph being read: its own words, and those of elements in it that are for readers only."""

    type: str
    number: str
    line: int
    text: list[str] = field(default_factory=list)
    notes: list[tuple[str, int, str]] = field(default_factory=list)
    is_styled: bool = False
    is_container: bool = False
    spoken_at: int = 0
    """Line of its first words."""


class _Stopped(Exception):
    """What ends the reading early; its text is the reason."""


def read_final_draft(text: str) -> Story:
    """The story of a Final Draft file. Never raises: what is broken is the story's `problem`, with line and
    column."""
    reader = _Reader()
    try:
        reader.read(text)
    except _Stopped as stopped:
        return Story("fdx", None, (), problem=str(stopped))
    except expat.ExpatError as error:
        # Seen without its end, a file would be a shorter script, and nobody would know.
        place = f"line {error.lineno}, column {error.offset + 1}"
        return Story(
            "fdx", None, (), problem=f"{place}: the file is broken here ({expat.ErrorString(error.code)})"
        )
    return reader.story()


@dataclass(slots=True)
class _Reader(Screenplay):
    path: list[str] = field(default_factory=list)
    paragraphs: list[_Paragraph] = field(default_factory=list)
    settings: dict[str, int] = field(default_factory=dict)
    title_page: list[tuple[int, str]] = field(default_factory=list)
    speaker: str | None = None
    spoken_from: int = 0
    """Where in the scene the parts of the speech begin."""
    parser: expat.XMLParserType = field(default_factory=lambda: expat.ParserCreate("utf-8"))

    def read(self, text: str) -> None:
        parser = self.parser
        parser.buffer_text = True
        parser.StartElementHandler = self.begin
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.words
        parser.EntityDeclHandler = self.entity
        parser.Parse(text.encode("utf-8", "surrogatepass"), True)

    def story(self) -> Story:
        self.end_speech()
        if self.settings:
            names = list(self.settings)
            shown = ", ".join(names[:_SETTINGS_SHOWN]) + (" …" if len(names) > _SETTINGS_SHOWN else "")
            self.remark(f"Final Draft's own settings ({shown})", "left out", min(self.settings.values()))
        self.read_cover((number, text) for number, text in self.title_page if text)
        scenes = tuple(one.closed(one.without_handover()) for one in self.scenes)
        return Story("fdx", self.title, scenes, tuple(self.remarks), self.author, opening=tuple(self.opening))

    # ------------------------------------------------------------------------------------------ the file

    def entity(self, name: str, *_: object) -> None:
        raise _Stopped(
            f"{self.place()}: it declares an entity (&{name[:40]};), which no Final Draft file does; "
            "it is not read"
        )

    def place(self) -> str:
        return f"line {self.parser.CurrentLineNumber}, column {self.parser.CurrentColumnNumber + 1}"

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.path and tag != "FinalDraft":
            raise _Stopped(f"{self.place()}: this is not a Final Draft script; it begins with <{tag[:40]}>")
        if len(self.path) > _DEEPEST:
            raise _Stopped(f"{self.place()}: more than {_DEEPEST} elements stand within each other")
        self.path.append(tag)
        line = self.parser.CurrentLineNumber
        if len(self.path) == 2 and tag not in ("Content", "TitlePage", "ScriptNotes"):
            self.settings.setdefault(tag, line)
        if tag == "DualDialogue" and self.is_script():
            self.now = line
            self.remark("dual dialogue", "one after the other")
            if self.paragraphs:
                self.paragraphs[-1].is_container = True
        elif tag == "Paragraph" and self.is_own():
            self.paragraphs.append(_Paragraph(attributes.get("Type", ""), attributes.get("Number", ""), line))
        elif tag == "Text" and self.paragraphs:
            paragraph = self.paragraphs[-1]
            styles = attributes.get("Style", "").split("+")
            if self.note_of() is None:
                paragraph.spoken_at = paragraph.spoken_at or line
                paragraph.is_styled |= any(
                    one in ("Bold", "Italic", "Underline", "Strikeout") for one in styles
                )

    def is_script(self) -> bool:
        return len(self.path) > 2 and self.path[1] == "Content"

    def is_own(self) -> bool:
        """Whether the paragraph is one of the script or of its title page, not one in a note."""
        within = self.path[1:-1]
        return within[:1] in (["Content"], ["TitlePage"]) and self.note_of() is None

    def note_of(self) -> str | None:
        """The element for readers only within which the words now stand."""
        inner = self.path[3:] if self.path[1:2] == ["Content"] else []
        return next(
            (tag for tag in inner if tag not in ("Paragraph", "Text", "DualDialogue", "DynamicLabel")), None
        )

    def words(self, text: str) -> None:
        if self.paragraphs and self.path[-1] == "Text":
            note = self.note_of()
            if note is None:
                self.paragraphs[-1].text.append(text)
            elif text.strip():
                self.paragraphs[-1].notes.append((note, self.parser.CurrentLineNumber, text))
        elif self.path[-1:] == ["Text"] and self.is_note_list() and text.strip():
            self.opening.append(Aside(text.strip(), self.parser.CurrentLineNumber))
            self.remark("notes", "comments", self.parser.CurrentLineNumber)
        elif self.is_script() and text.strip() and "Text" not in self.path:
            line = self.parser.CurrentLineNumber
            self.opening.append(Aside(text.strip(), line))
            self.remark(f"words in <{self.path[-1][:40]}>", "comments at the top", line)

    def is_note_list(self) -> bool:
        """Whether the words stand in the notes that Final Draft keeps behind the script."""
        return self.path[1:2] == ["ScriptNotes"]

    def end(self, tag: str) -> None:
        self.path.pop()
        if tag == "Paragraph" and self.paragraphs and self.is_own_end():
            paragraph = self.paragraphs.pop()
            if self.path[1] == "TitlePage":
                self.title_page.append((paragraph.line, " ".join("".join(paragraph.text).split())))
            else:
                self.element(paragraph)

    def is_own_end(self) -> bool:
        self.path.append("Paragraph")
        own = self.is_own()
        self.path.pop()
        return own

    # -------------------------------------------------------------------------------------- the elements

    def element(self, paragraph: _Paragraph) -> None:
        """One paragraph of the script, by its type."""
        self.now = paragraph.spoken_at or paragraph.line
        text = "".join(paragraph.text).strip()
        if paragraph.is_styled:
            self.remark("emphasis", "left out; the words stay")
        kind = paragraph.type
        if not text:
            self.notes(paragraph)
            if not paragraph.is_container and kind in _HEARD:
                self.add(Gap())
            return
        if is_page_turn(text):
            self.remark("(MORE) and (CONTINUED)", "left out")
        elif kind == "Character":
            self.begin_speech(text)
        elif kind == "Parenthetical":
            self.comment(text, "parentheticals")
        elif (kind == "Dialogue" or kind in _SUNG) and self.speaker is not None:
            for line in text.split("\n"):
                self.add(Speech(self.speaker, line.strip(), self.now))
        else:
            self.stage(kind, text, paragraph.number)
        self.notes(paragraph)

    def stage(self, kind: str, text: str, number: str) -> None:
        """Whatever ends a speech."""
        self.end_speech()
        if kind == "Scene Heading" and text.upper() in _OMITTED:
            self.comment(f"{text} {number}".strip(), "omitted scenes")
            return
        if kind == "Scene Heading":
            self.begin_scene(" ".join(text.split()), number)
            return
        if kind == "Transition":
            self.hand_over(text)
            return
        if kind in _COMMENTS or kind.startswith("Outline"):
            self.comment(text, _COMMENTS.get(kind, "outlines"))
            return
        if kind == "Dialogue" or kind in _SUNG:
            self.remark("speech that nobody is named for", "narration")
        elif kind not in _HEARD:
            self.remark(f"paragraphs called {kind[:40]}", "narration")
        self.add(Gap())
        for line in text.split("\n"):
            self.add(Prose(line.strip(), self.now))
        self.add(Gap())

    def end_speech(self) -> None:
        if self.speaker is not None:
            self.keep_name(self.speaker, self.spoken_from)
        self.speaker = None

    def begin_speech(self, text: str) -> None:
        self.end_speech()
        self.add(Gap())
        self.spoken_from = len(self.scenes[-1].parts)
        name, extensions = split_extensions(" ".join(text.split()))
        self.speaker = name
        self.extensions(name, extensions)

    def notes(self, paragraph: _Paragraph) -> None:
        for tag, line, text in paragraph.notes:
            self.add(Aside(text.strip(), line))
            self.remark(_NOTES.get(tag, f"what stands in {tag[:40]}"), "comments", line)
