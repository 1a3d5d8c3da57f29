"""A `Story` as the text of a score: front matter, declared characters, a cue a scene, and every word escaped
as needed.

What is written here reads back word for word: a line that begins like a directive gets a `\\`, a brace is
`\\{`, a name that the language cannot take is spelled so that it can. What even so cannot be said becomes a
`Remark`.
"""

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dsl.conflict import is_conflict_marker
from dsl.importers.story import Aside, Gap, Moment, Prose, Remark, Scene, Speech, Story, speaks, trimmed
from dsl.limits import LONGEST_PAUSE_S, MOST_CUES, MOST_LINES, MOST_SCORE_BYTES
from dsl.parse import MAX_DIRECTIVE_CHARACTERS, parse_line
from dsl.reading_time import DEFAULT_PACE, line_s, main_language, measure, pace_of
from dsl.syntax import CharacterDirective, DirectiveLine
from dsl.timecode import millisecond_label
from dsl.vocabulary import fold

MOST_NAMES = 2_000
_LONGEST_LINE = 20_000
"""A line longer than this is broken at a space or a sentence's end; the language takes five times as much."""
_LONGEST_TITLE = 200
_BUDGET = MAX_DIRECTIVE_CHARACTERS * 9 // 10
"""Directives and escaped braces a file may hold, in characters, with room for what a writer adds."""
_LAST_MS = 22 * 3_600_000
"""A score ends at 24 hours (E408), and the last paragraph may last one."""
LONGEST_S = 23 * 3600.0
"""More text than is read aloud in so long makes no score."""
_SHORTEST_MS = 40
_SHORT_CHARACTERS = 40_000
"""Fewer are read in less than a day, however they stand."""
_UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\ufdd0-\ufdef\ufeff]")
_BREAKS = re.compile("[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_SPACE = " \t\u3000\xa0"
_SPEAKER = re.compile(r"[ \t\u3000]*(\w[\w-]{0,63})[ \t\u3000]*[:：]")


@dataclass(frozen=True, slots=True)
class Written:
    """A score's text, the names it declares, and what was said otherwise. `problem`: why there is no score at
    all. `sources`: for each line the line of the story's text that it says, 0 for none."""

    text: str
    characters: tuple[str, ...]
    cues: int
    remarks: tuple[Remark, ...]
    problem: str | None = None
    sources: tuple[int, ...] = ()


def write_score(story: Story, otherwise_title: str) -> Written:
    """The score of a story. `otherwise_title` is used where the story has none."""
    writer = _Writer(story)
    lines = [*writer.front_matter(otherwise_title), *writer.cast()]
    sources = [0] * len(lines)
    hours = _spoken_s(story) / 3600
    if hours * 3600 > LONGEST_S:
        problem = f"too long for one score: {hours:.0f} hours of reading, and a score has 24; divide it"
        return Written("", (), 0, story.remarks, problem)
    for scene in story.scenes:
        for line in writer.scene(scene):
            lines.append(line)
            sources.append(writer.source if line else 0)
    text = "\n".join(lines).rstrip("\n") + "\n"
    remarks = (*story.remarks, *writer.remarks)
    names = tuple(writer.names.values())
    if text.count("\n") > MOST_LINES or len(text.encode()) > MOST_SCORE_BYTES:
        problem = (
            f"too long for one score ({MOST_LINES:,} lines, {MOST_SCORE_BYTES // 1_000_000} MB); divide it"
        )
        return Written("", names, writer.cues, remarks, problem)
    return Written(text, names, writer.cues, remarks, sources=tuple(sources))


def _spoken_s(story: Story) -> float:
    """Seconds of reading, at the story's pace. Lines that are pinned to times may take less."""
    spoken = [part for scene in story.scenes for part in scene.parts if isinstance(part, Prose | Speech)]
    if sum(len(part.text) for part in spoken) < _SHORT_CHARACTERS:
        return 0.0
    counts = [measure(part.text[:_LONGEST_LINE]) for part in spoken]
    language = main_language(sum(c.characters for c in counts), sum(c.words for c in counts))
    pace = DEFAULT_PACE if story.pace is None else pace_of(story.pace, language)
    longer = (max(len(part.text) / _LONGEST_LINE, 1.0) for part in spoken)
    return sum(line_s(count, pace) * times for count, times in zip(counts, longer, strict=True))


@dataclass(slots=True)
class _Writer:
    story: Story
    names: dict[str, str] = field(default_factory=dict)
    folded: set[str] = field(default_factory=set)
    remarks: list[Remark] = field(default_factory=list)
    spent: int = 0
    cues: int = 0
    source: int = 0
    """The line of the story's text that is being written."""

    # ------------------------------------------------------------------------------------------ the head

    def front_matter(self, otherwise_title: str) -> Iterator[str]:
        title = self._value(self.story.title or otherwise_title) or "Untitled"
        yield "melodrama: 1"
        yield f"title: {title}"
        author = self._value(self.story.author or "")
        if author:
            yield f"author: {author}"
        if self.story.pace is not None:
            yield f"pace: {self.story.pace:g}"
        # A title of its own gives a seed of its own: two imports do not start with the same music.
        yield f"seed: {zlib.crc32(title.encode('utf-8', 'replace')) % 10_000}"
        yield "---"
        for note in self.story.opening:
            yield from self._comment(note)

    def _value(self, text: str) -> str:
        """A front-matter value: one line, no ` //`, which would begin a comment."""
        return re.sub(r"(?<!\S)//", "/ /", self._title(text, 0))

    def cast(self) -> Iterator[str]:
        """Declare who speaks, in the order of speaking."""
        speakers = dict.fromkeys(
            part.speaker for scene in self.story.scenes for part in scene.parts if isinstance(part, Speech)
        )
        for number, speaker in enumerate(speakers):
            if number == MOST_NAMES:
                self.remark(0, f"speakers beyond the first {MOST_NAMES:,}", "their lines are narration")
                break
            name = self._spelled(speaker)
            self.names[speaker] = name
            self.folded.add(fold(name))
            if name != speaker:
                self.remark(0, f"the name {speaker[:60]}", f"spelled {name}")
            self.spent += len(name) + 12
            yield f"@character {name}"

    def _spelled(self, speaker: str) -> str:
        """A name that the language takes, that no other speaker has, as near as can be to the one given."""
        bare = re.sub(r"\W+", "-", self._sayable(speaker, 0)).strip("-")[:50].rstrip("-") or "VOICE"
        for name in (bare, f"_{bare}", *(f"{bare}-{n}" for n in range(2, 12))):
            if fold(name) not in self.folded and _is_name(name):
                return name
        return next(n for n in (f"VOICE-{i}" for i in range(1, 10**6)) if fold(n) not in self.folded)

    # ----------------------------------------------------------------------------------------- the scenes

    def scene(self, scene: Scene) -> Iterator[str]:
        parts = trimmed(scene.parts)
        self.source = scene.line
        if scene.title is not None:
            yield ""
            if self.cues < MOST_CUES:
                yield f"# {self._title(scene.title, scene.line)}".rstrip()
                self.cues += 1
            else:
                self.remark(scene.line, f"scenes beyond the first {MOST_CUES:,}", "part of the last cue")
                yield from self._comment(Aside(scene.title, scene.line))
        elif speaks(parts):
            self.cues += 1
        for part in parts:
            self.source = self.source if isinstance(part, Gap) else part.line
            match part:
                case Gap():
                    yield ""
                case Aside():
                    yield from self._comment(part)
                case Moment():
                    yield from self._moment(part)
                case Prose():
                    yield from self._prose(part.text, part.line)
                case Speech():
                    yield from self._speech(part)
        if scene.handover and speaks(parts):
            yield f"@transition {scene.handover}"

    def _moment(self, moment: Moment) -> Iterator[str]:
        if not 0 <= moment.at_ms <= _LAST_MS:
            self.remark(moment.line, "times beyond 22 hours", "left out")
            return
        if self.spent > _BUDGET:
            self.remark(moment.line, "times beyond what one score can hold", "left out")
            return
        lines = [f"@at {millisecond_label(moment.at_ms)}"]
        if moment.lasts_ms is not None and _SHORTEST_MS <= moment.lasts_ms <= 1000 * LONGEST_PAUSE_S:
            lines.append(f"@fit {moment.lasts_ms / 1000:.3f}".rstrip("0").rstrip(".") + "s")
        elif moment.lasts_ms is not None:
            self.remark(moment.line, "lengths under 40 ms or over an hour", "left to the reading pace")
        self.spent += sum(map(len, lines))
        yield from lines

    def _prose(self, text: str, line: int) -> Iterator[str]:
        for piece in self._pieces(text, line):
            yield self._escaped_start(self._escaped(piece, line))

    def _speech(self, speech: Speech) -> Iterator[str]:
        name = self.names.get(speech.speaker)
        if name is None:
            yield from self._prose(f"{speech.speaker}: {speech.text}", speech.line)
            return
        for piece in self._pieces(speech.text, speech.line):
            yield f"{name}: {self._escaped(piece, speech.line)}"

    def _comment(self, note: Aside) -> Iterator[str]:
        for piece in self._pieces(note.text, note.line):
            yield f"// {self._affordable(piece, note.line)}"

    # ------------------------------------------------------------------------------------------- the words

    def _pieces(self, text: str, line: int) -> Iterator[str]:
        """The lines that a text makes: what a score may hold, stripped, none too long."""
        for piece in _BREAKS.split(text):
            rest = self._sayable(piece, line).strip()
            while len(rest) > _LONGEST_LINE:
                self.remark(line, f"lines of more than {_LONGEST_LINE:,} characters", "broken into several")
                cut = _break_before(rest, _LONGEST_LINE)
                yield rest[:cut].strip()
                rest = rest[cut:].strip()
            if rest:
                yield rest

    def _sayable(self, text: str, line: int) -> str:
        if _UNSAYABLE.search(text):
            self.remark(line, "control characters", "left out")
            text = _UNSAYABLE.sub("", text)
        return text

    def _title(self, text: str, line: int) -> str:
        title = " ".join(self._sayable(_BREAKS.sub(" ", text), line).split())
        if len(title) > _LONGEST_TITLE:
            self.remark(line, f"titles of more than {_LONGEST_TITLE} characters", f"cut: {title[:40]}…")
            title = title[:_LONGEST_TITLE].rstrip()
        return self._affordable(title, line)

    def _escaped(self, text: str, line: int) -> str:
        """The text so that its braces, and back-slashes before braces, read as they stand."""
        return self._affordable(text, line).replace("\\}", "\\\\}").replace("{", "\\{")

    def _affordable(self, text: str, line: int) -> str:
        """The text, its braces full-width where lines with braces would become more than a file may hold."""
        if "{" not in text:
            return text
        if self.spent + 2 * len(text) > _BUDGET:
            self.remark(line, "braces beyond what one score can hold", "full-width braces")
            return text.replace("{", "｛").replace("}", "｝")
        self.spent += 2 * len(text)
        return text

    def _escaped_start(self, text: str) -> str:
        """The line so that its first characters make it nothing but text."""
        named = _SPEAKER.match(text)
        if named is not None and fold(named.group(1)) in self.folded:
            return "\\" + text
        directive_like = text.startswith(("@", "#", "//", "\\")) and not text.startswith("\\{")
        directive_like = directive_like or is_conflict_marker(text)
        return "\\" + text if directive_like else text

    def remark(self, line: int, what: str, became: str) -> None:
        self.remarks.append(Remark(line, what, became))


def _is_name(name: str) -> bool:
    """Whether `name` can be declared and can open a line of dialogue: the language itself is asked."""
    item = parse_line(f"@character {name}").item
    if not (isinstance(item, DirectiveLine) and isinstance(item.directive, CharacterDirective)):
        return False
    return item.directive.character.text == name and parse_line(f"{name}: x").speaker == name


def _break_before(text: str, most: int) -> int:
    """Where to break: behind the last sentence, else the last space, before `most`."""
    for marks in ("。！？.!?", _SPACE + "，,；;"):
        cut = max(text.rfind(mark, most // 2, most) for mark in marks) + 1
        if cut:
            return cut
    return most


def counted(remarks: Iterable[Remark]) -> list[tuple[str, str, list[tuple[int, int]]]]:
    """Remarks of a kind together: (what, what became of it, lines and columns), in the order of first
    appearance."""
    table: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for remark in remarks:
        places = table.setdefault((remark.what, remark.became), [])
        if remark.line and (not places or places[-1] != (remark.line, remark.column)):
            places.append((remark.line, remark.column))
    return [(what, became, places) for (what, became), places in table.items()]
