"""Fountain screenplays (fountain.io/syntax) → `Story`: the whole syntax, forced elements and Chinese names.

Scenes become cues, dialogue becomes speech; what only readers of the script need (notes, synopses,
parentheticals, commented-out text) becomes comments. Chinese scene headings (内景, 外景) count, too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dsl.importers.emphasis import without_emphasis
from dsl.importers.scene_headings import is_heading, is_heading_anywhere
from dsl.importers.screenplay import Screenplay, is_page_turn, says_by, split_extensions
from dsl.importers.speakers import speech_of, usual_speakers
from dsl.importers.story import Aside, Gap, Part, Prose, Speech, Story
from dsl.importers.wrapped_lines import WRAPPED, WRAPPED_SPEECH, goes_on, joined

_SCENE_NUMBER = re.compile(r"[ \t]*#([\w.()-]{1,20})#$")
_TITLE_KEY = re.compile(r"([^\s:：][^:：]{0,60})[:：][ \t]*(.*)$")
_TITLE_KEYS = frozenset(
    ("title", "credit", "author", "authors", "source", "draft date", "contact", "标题", "作者", "编剧")
)
_TRANSITION = re.compile(
    r"(?:.*[^\w])?TO:|FADE OUT[.:]?|(?:FADE|(?:SMASH |HARD )?CUT) TO BLACK[.:]?"
    r"|(?:切|切至|切到|叠化|叠化至|叠至|淡出|化出|渐隐)[:：。]?"
)
_FADE_IN = re.compile(r"FADE IN|FADE UP|FADE IN ON|淡入|渐显|化入", re.I)
_PAGE_NUMBER = re.compile(r"[ \t\f]{20,}\d{1,3}\.?\s*$")
"""Far to the right, as printed pages have it."""
_NO_NAME = re.compile(
    r".*[!?…！？。]|.*\.\.\."
    r"|(?:TITLE(?: CARD)?|SUPER(?:IMPOSE)?|INTERTITLE|CHYRON|CAPTION|ON ?SCREEN|INSERT|MONTAGE|LATER)"
    r"(?:\s*[:：–—-].*)?"
    r"|(?:SERIES OF SHOTS|INTERCUT|FLASHBACK|THE END|BACK TO SCENE|SMASH CUT|CUT TO BLACK)\b.*"
)
"""Capitals above a line that are no speaker."""
_ESCAPED = re.compile(r"\\([*_])")
_LONGEST_COVER = 60
"""Lines of a title page, and characters of each."""
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’」』)）]*$")
_LONGEST_NOTE = 20_000
_MARKER = "\ue000"
"""A private-use character; with a number between two of them it stands for a hidden note while lines are told
apart."""
_MARKED = re.compile(f"{_MARKER}([0-9]+){_MARKER}")


@dataclass(frozen=True, slots=True)
class _Hidden:
    """A note or boneyard taken out of the text, and how many line ends went with it."""

    kind: str
    text: str
    breaks: int


def read_fountain(text: str) -> Story:
    """The story of a screenplay. Never raises: what is no element of the syntax is action, as the syntax
    says."""
    hidden: list[_Hidden] = []
    bare = _hide(text.replace(_MARKER, ""), "/*", "*/", "boneyard", hidden)
    bare = _hide(bare, "[[", "]]", "note", hidden)
    reader = _Reader(lines=bare.split("\n"), hidden=hidden)
    reader.read_all()
    return reader.story()


def _hide(text: str, opening: str, closing: str, kind: str, hidden: list[_Hidden]) -> str:
    """Put a marker in the place of everything between `opening` and `closing`. What is not closed stays
    text."""
    pieces: list[str] = []
    place = start = 0
    while (found := text.find(opening, start)) >= 0:
        end = text.find(closing, found + 2)
        if end < 0:
            break
        inner = text[found + 2 : end]
        if kind == "note" and (len(inner) > _LONGEST_NOTE or "\n\n" in inner):
            start = found + 2  # a note runs over an empty line only where two spaces stand in it
            continue
        plain = _MARKED.sub(lambda mark: hidden[int(mark.group(1))].text, inner)
        breaks = inner.count("\n") + sum(hidden[int(m)].breaks for m in _MARKED.findall(inner))
        hidden.append(_Hidden(kind, plain.strip(), breaks))
        pieces += [text[place:found], f"{_MARKER}{len(hidden) - 1}{_MARKER}"]
        place = start = end + 2
    return "".join(pieces) + text[place:]


@dataclass(slots=True)
class _Reader(Screenplay):
    lines: list[str] = field(default_factory=list)
    hidden: list[_Hidden] = field(default_factory=list)
    at: int = 0
    number: int = 1
    handed: bool = False
    """Whether the last line was a transition."""

    def story(self) -> Story:
        names = self.speakers()
        scenes = tuple(one.closed(_spoken(one.without_handover(), names)) for one in self.scenes)
        return Story(
            "fountain", self.title, scenes, tuple(self.remarks), self.author, opening=tuple(self.opening)
        )

    def speakers(self) -> frozenset[str]:
        """Who speaks in blocks of dialogue, and in Chinese who stands before a colon again and again."""
        parts = [part for scene in self.scenes for part in scene.parts]
        action = [part.text for part in parts if isinstance(part, Prose)]
        usual = {name for name in usual_speakers(action) if not name.isascii()}
        return frozenset(usual | {part.speaker for part in parts if isinstance(part, Speech)})

    def read_all(self) -> None:
        self.title_page()
        after_blank = True
        while self.at < len(self.lines):
            line, notes = self.take()
            if not line.strip():
                # What is commented out leaves an empty line behind, and so does a note by itself.
                after_blank = True
                if notes:
                    self.notes(notes)
                else:
                    self.add(Gap())
                continue
            if is_page_turn(line.strip()):
                self.remark("(MORE) and (CONTINUED)", "left out")
                continue
            if _PAGE_NUMBER.match(line):
                self.remark("page numbers", "left out")
                continue
            if not (
                (after_blank or is_heading_anywhere(without_emphasis(line.strip())))
                and self.block(line, notes)
            ):
                self.simple(line, notes)
            # Some write the next heading right under CUT TO:
            after_blank, self.handed = self.handed, False

    # --------------------------------------------------------------------------------------------- lines

    def take(self) -> tuple[str, list[tuple[int, _Hidden]]]:
        """The next line without its hidden notes, and these with their line."""
        line = self.lines[self.at]
        self.at += 1
        found = [(self.number, self.hidden[int(m)]) for m in _MARKED.findall(line)]
        self.now = self.number
        self.number += 1 + sum(note.breaks for _, note in found)
        return (re.sub(r"(?<=\S)  +(?=\S)", " ", _MARKED.sub("", line)) if found else line), found

    def peek(self) -> str:
        """The next line as it is read, "" at the end."""
        return _MARKED.sub("", self.lines[self.at]) if self.at < len(self.lines) else ""

    def ends_scene(self) -> bool:
        """Whether an empty line follows, or the next heading."""
        following = self.peek().strip()
        return not following or is_heading(without_emphasis(following))

    def notes(self, notes: list[tuple[int, _Hidden]]) -> None:
        for number, note in notes:
            label = "boneyard (commented-out text)" if note.kind == "boneyard" else "notes"
            self.remark(label, "comments", number)
            for text in note.text.split("\n"):
                self.add(Aside(text.strip(), number))

    def plain(self, text: str) -> str:
        """A text without emphasis and its escapes."""
        bare = without_emphasis(text)
        if bare != text:
            self.remark("emphasis", "left out; the words stay")
        return _ESCAPED.sub(r"\1", bare).strip()

    # ---------------------------------------------------------------------------------------- title page

    def title_page(self) -> None:
        """Key: value lines that open the file; any key goes, one of them must be a known one."""
        while self.at < len(self.lines) and not self.lines[self.at].strip():
            self.take()
        block = []
        for line in self.lines[self.at :]:
            if not line.strip():
                break
            block.append(line)
        keys = [found.group(1).strip().lower() for line in block if (found := _TITLE_KEY.match(line))]
        if not block or not _TITLE_KEY.match(block[0]) or not _TITLE_KEYS.intersection(keys):
            self.printed_cover()
            return
        entries: list[tuple[str, list[str]]] = []
        for _ in block:
            line, notes = self.take()
            found = _TITLE_KEY.match(line)
            if found is not None:
                entries.append((found.group(1).strip(), [found.group(2)] if found.group(2) else []))
            else:
                entries[-1][1].append(line)
            self.opening += [Aside(note.text, number) for number, note in notes]
        for key, values in entries:
            value = " ".join(self.plain(v) for v in values).strip()
            if key.lower() in ("title", "标题") and value and self.title is None:
                self.title = value
            elif key.lower() in ("author", "authors", "作者", "编剧") and value and self.author is None:
                self.author = value
            else:
                self.opening.append(Aside(f"{key}: {value}", 1))
                self.remark(f"the title page's {key[:40]}", "a comment", 1)

    def printed_cover(self) -> None:
        """A title page as it is printed: the lines above the first heading, where one says by whom."""
        head = [line.strip() for line in self.lines[self.at : self.at + _LONGEST_COVER]]
        begins = next((n for n, line in enumerate(head) if _begins_script(line)), None)
        if begins is None or not any(says_by(line) for line in head[:begins]):
            return
        if any(len(line) > _LONGEST_COVER or _SENTENCE_END.search(line) for line in head[:begins]):
            return
        cover: list[tuple[int, str]] = []
        for _ in range(begins):
            line, notes = self.take()
            cover.append((self.now, self.plain(line.strip())))
            self.opening += [Aside(note.text, number) for number, note in notes]
        self.read_cover((number, text) for number, text in cover if text)

    # ------------------------------------------------------------------------------------------- elements

    def block(self, line: str, notes: list[tuple[int, _Hidden]]) -> bool:
        """What only stands behind an empty line: scene headings, transitions, dialogue. False where it is
        none."""
        text = line.strip()
        bare = without_emphasis(text)
        if _is_forced(text) or is_heading(bare):
            self.heading(text[1:] if _is_forced(text) else text)
        elif _TRANSITION.fullmatch(bare) and bare == bare.upper() and self.ends_scene():
            self.transition(bare)
        elif _is_character(text) and self.peek().strip():
            self.dialogue(text, notes)
            return True
        else:
            return False
        self.notes(notes)
        return True

    def simple(self, line: str, notes: list[tuple[int, _Hidden]]) -> None:
        """Everything that its first character tells, and action."""
        text = line.strip()
        if len(text) >= 3 and not text.strip("="):
            self.remark("page breaks", "left out")
        elif text[0] == "!":
            self.action(text[1:])
        elif _is_forced(text):
            self.heading(text[1:])
        elif text[0] == "#":
            self.comment(text, "sections")
        elif text[0] == "=":
            self.comment(text[1:].strip(), "synopses")
        elif text[0] == ">" and text[-1] == "<" and len(text) > 2:
            self.remark("centring", "left out; the words stay")
            self.action(text[1:-1])
        elif text[0] == ">" and len(text) > 1:
            self.transition(text[1:].strip())
        elif text[0] == "~" and len(text) > 1:
            self.remark("marks of lyrics", "left out; the words stay")
            self.action(text[1:])
        elif _FADE_IN.fullmatch(text.rstrip(":.：。")):
            self.comment(text, "fade-ins")
        else:
            self.action(text)
        self.notes(notes)

    def action(self, text: str) -> None:
        if text[:1] in "△▲":
            self.remark("marks of action", "left out; the words stay")
            text = text[1:]
        bare = self.plain(text)
        if bare and not self.goes_on(Prose(bare, self.now), WRAPPED):
            self.add(Prose(bare, self.now))

    def goes_on(self, part: Prose | Speech, least: int) -> bool:
        """Joins a line to the one above it where it continues that one's sentence."""
        parts = self.scenes[-1].parts
        last = parts[-1] if parts else None
        if not isinstance(last, Prose | Speech) or last.line != self.now - 1 or not part.text[0].islower():
            return False
        if type(last) is not type(part) or not goes_on(last.text, part.text, least):
            return False
        whole = joined(last.text, part.text)
        if isinstance(last, Speech):
            parts[-1] = Speech(last.speaker, whole, self.now)
        else:
            parts[-1] = Prose(whole, self.now)
        self.remark("line breaks in mid-sentence", "joined")
        return True

    def heading(self, text: str) -> None:
        found = _SCENE_NUMBER.search(text)
        title = self.plain(text[: found.start()] if found else text)
        self.begin_scene(title, found.group(1) if found else None)

    def transition(self, text: str) -> None:
        self.handed = True
        self.hand_over(text)

    def dialogue(self, cue: str, notes: list[tuple[int, _Hidden]]) -> None:
        """A character's name, and everything down to the next empty line."""
        name = cue.lstrip("@").strip()
        if name.endswith("^"):
            name = name[:-1].strip()
            self.remark("dual dialogue", "one after the other")
        name, extensions = split_extensions((self.plain(name) or name).rstrip(":： "))
        begun = len(self.scenes[-1].parts)
        self.extensions(name, extensions)
        self.notes(notes)
        for text, line_notes in self.spoken_lines():
            aside = without_emphasis(text)
            if is_page_turn(aside):
                self.remark("(MORE) and (CONTINUED)", "left out")
            elif aside[:1] in "(（" and aside[-1:] in ")）":
                self.comment(aside, "parentheticals")
            else:
                if text[0] == "~" and len(text) > 1:
                    self.remark("marks of lyrics", "left out; the words stay")
                    text = text[1:]
                bare = self.plain(text)
                if bare and not self.goes_on(Speech(name, bare, self.now), WRAPPED_SPEECH):
                    self.add(Speech(name, bare, self.now))
            self.notes(line_notes)
        self.keep_name(name, begun)
        self.add(Gap())

    def spoken_lines(self) -> Iterator[tuple[str, list[tuple[int, _Hidden]]]]:
        """The lines of a speech. One that holds two spaces or a note alone does not end it."""
        while self.at < len(self.lines):
            following = self.lines[self.at]
            if not following.strip() and len(following.rstrip("\r")) < 2:
                return
            if is_heading_anywhere(without_emphasis(self.peek().strip())):
                return
            line, notes = self.take()
            if _PAGE_NUMBER.match(line):
                self.remark("page numbers", "left out")
            elif line.strip():
                yield line.strip(), notes
            else:
                self.notes(notes)


def _begins_script(line: str) -> bool:
    bare = without_emphasis(line)
    return is_heading(bare) or _FADE_IN.fullmatch(bare.rstrip(":.：。")) is not None


def _is_forced(text: str) -> bool:
    """`.SNIPER SCOPE`, `._FLASHBACK:_ EXT. ROAD`: a heading that says itself that it is one."""
    return text[0] == "." and bool(without_emphasis(text[1:])[:1].isalnum())


def _is_character(text: str) -> bool:
    """`MARA`, `MARA (V.O.) ^`, `@林`: capitals but for what is in parentheses, or forced."""
    if text[0] == "@":
        return bool(text[1:].rstrip("^").strip())
    if text[0] in "!.#=>~(（":
        return False
    name, _ = split_extensions(without_emphasis(text.rstrip("^").strip()))
    if _NO_NAME.fullmatch(name) or is_page_turn(text):
        return False
    return name.upper() == name and name.lower() != name


def _spoken(parts: Iterator[Part], names: frozenset[str]) -> Iterator[Part]:
    """The parts, `MARA: …` of somebody who is known to speak as a speech."""
    for part in parts:
        speech = speech_of(part.text, names) if isinstance(part, Prose) else None
        if speech is None or not isinstance(part, Prose):
            yield part
            continue
        if speech.aside:
            yield Aside(speech.aside, part.line)
        yield Speech(speech.speaker, speech.words, part.line)
