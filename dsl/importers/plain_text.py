"""Plain text → `Story`: chapter headings, separators and wide gaps part the scenes, `NAME:` lines speak.

Lines that were wrapped to a width are joined again, so that sentences are whole; verse and short lines stay
as they are.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from dsl.importers.around_script import (
    author_of,
    book_bounds,
    book_title,
    cast_lines,
    front_matter_lines,
    is_fade_in,
    is_handover,
    is_scene_head,
    is_sound,
    mail_head,
    stamps,
    title_of,
)
from dsl.importers.chapters import is_subtitle, named_scenes, text_heading
from dsl.importers.scene_headings import is_chinese_heading, is_hour_only
from dsl.importers.screenplay import OpenScene, Screenplay, is_the_end
from dsl.importers.speakers import speaker_above, speakers_of_script, speech_of
from dsl.importers.story import Aside, Gap, Prose, Remark, Speech, Story, speaks
from dsl.importers.wrapped_lines import goes_on, joined

_SEPARATOR = re.compile(r"[\s]*(?:(?:[*＊·•~=_—–#§⁂❦☆★○●◇◆※-][\s]*){3,}|[§⁂❦※]|[-—]{2,})[\s]*")
_HEADING_END = re.compile(r"[.!?。！？…,，;；]$")
_TOP_HEADING = re.compile(r"#[ \t]+(\S.{0,100}?)[ \t#]*")
_LONGEST_TITLE = 40


@dataclass(slots=True)
class _Reader(Screenplay):
    """A text being read; `lines` are stripped."""

    lines: list[str] = field(default_factory=list)
    names: frozenset[str] = frozenset()
    wide: int = 0
    """So many empty lines part scenes; 0: none do."""
    is_script: bool = False
    speaker: str | None = None
    """Whose name stood above the lines that are read."""
    spoken_from: int = 0
    """Where in the scene what is said below the name begins."""

    def read(self, start: int, end: int) -> None:
        """Reads the lines from index `start` up to `end`."""
        times = stamps(self.lines)
        blanks, place = 0, start
        while place < end:
            line, self.now = self.lines[place], place + 1
            if not line:
                blanks, place = blanks + 1, place + 1
                continue
            if blanks:
                self.fall_silent()
            cast = min(cast_lines(self.lines, place, _is_heading), end - place)
            for self.now in range(place + 1, place + 1 + cast):
                if self.lines[self.now - 1]:
                    self.comment(self.lines[self.now - 1], "casts")
            if place in times:
                self.comment(line, "times of a transcript")
            elif not cast and not self.parting(line, blanks):
                self.content(line, place + 1 < end and bool(self.lines[place + 1]))
            blanks, place = 0, place + max(cast, 1)

    def parting(self, line: str, blanks: int) -> bool:
        """Begins a scene where the line says so, or the room above it. Whether the line was that."""
        heading = text_heading(line)
        scene = self.scenes[-1]
        if heading is not None:
            self.fall_silent()
            self.scenes.append(OpenScene(heading, self.now))
        elif _SEPARATOR.fullmatch(line):
            self.fall_silent()
            self.scenes.append(OpenScene("", self.now))
            self.remark("separators", "cues")
        else:
            if self.wide and blanks >= self.wide and speaks(scene.parts) and not is_subtitle(scene):
                self.scenes.append(OpenScene("", self.now))
            elif blanks:
                self.add(Gap())
            return self.is_script and self.framing(line)
        return True

    def framing(self, line: str) -> bool:
        """Keeps what a script says of itself as comments. Whether the line was such."""
        author, title = author_of(line), title_of(line)
        if author is not None and self.author is None:
            self.author = author
        elif title is not None and self.title is None:
            self.title = title
        elif is_scene_head(line) or is_hour_only(line) or author is not None or title is not None:
            self.comment(line, "heads of scenes (where, when, who)")
        elif is_sound(line):
            self.comment(line, "sounds and music that are asked for")
        elif is_fade_in(line):
            self.comment(line, "fade-ins")
        elif is_handover(line):
            self.hand_over(line)
        else:
            return False
        self.fall_silent()
        return True

    def content(self, line: str, has_more: bool) -> None:
        """A line of text: a speech, the rest of a wrapped line, or a line of its own. `has_more`: another
        stands right under it."""
        if line[0] in "△▲" and line[1:].strip():
            self.fall_silent()
            line = line[1:].strip()
            self.remark("marks of action", "left out; the words stay")
        speech = speech_of(line, self.names, spaced=True)
        above = speaker_above(line, self.names) if has_more and speech is None else None
        if speech is not None:
            self.fall_silent()
            self.aside(speech.aside)
            self.add(Speech(speech.speaker, speech.words, self.now))
        elif above is not None:
            self.fall_silent()
            self.speaker, self.spoken_from = above[0], len(self.scenes[-1].parts)
            self.aside(above[1])
        elif self.speaker is not None and line[0] in "(（[" and line[-1] in ")）]":
            self.comment(line, "parentheticals")
        elif not self.joins(line):
            self.add(Prose(line, self.now) if self.speaker is None else Speech(self.speaker, line, self.now))

    def joins(self, line: str) -> bool:
        """Whether the line is the rest of the one above it, which it is joined to."""
        parts = self.scenes[-1].parts
        last = parts[-1] if parts else None
        if not isinstance(last, Prose | Speech) or last.line != self.now - 1 or not goes_on(last.text, line):
            return False
        whole = joined(last.text, line)
        parts[-1] = (
            Speech(last.speaker, whole, self.now) if isinstance(last, Speech) else Prose(whole, self.now)
        )
        self.remark("line breaks in mid-sentence", "joined")
        return True

    def aside(self, text: str | None) -> None:
        """Keeps how something is said, where that is said."""
        if text:
            self.comment(text, "parentheticals")

    def fall_silent(self) -> None:
        """Ends what is said below a name."""
        if self.speaker is not None:
            self.keep_name(self.speaker, self.spoken_from)
        self.speaker = None

    def close(self) -> None:
        """`THE END`, `（完）` as the last words are a comment, and the transition above them holds."""
        self.fall_silent()
        parts = self.scenes[-1].parts
        heard = [place for place, part in enumerate(parts) if isinstance(part, Prose | Speech)]
        last = parts[heard[-1]] if heard else None
        if isinstance(last, Prose) and is_the_end(last.text):
            parts[heard[-1]] = Aside(last.text, last.line)
            self.remark("closing words", "comments", last.line)


def read_plain_text(text: str) -> Story:
    """The story of a plain text. Never raises."""
    lines = [line.strip() for line in text.replace("\f", " ").split("\n")]
    reader = _Reader(lines=lines, names=speakers_of_script(lines))
    start, end = _frame(reader)
    if reader.title is None:
        reader.title, start = _title(lines, start, reader.remarks)
    reader.wide = _scene_gap(lines[start:end])
    reader.is_script = bool(reader.names) or any(map(is_chinese_heading, lines))
    reader.scenes[0].line = start + 1
    reader.read(start, end)
    reader.close()
    scenes = tuple(named_scenes(reader.scenes, _is_chinese(text), reader.opening))
    return Story(
        "text", reader.title, scenes, tuple(reader.remarks), reader.author, opening=tuple(reader.opening)
    )


def _frame(reader: _Reader) -> tuple[int, int]:
    """(first, one past the last) line of the text itself; what stands around it is kept as comments, or
    told."""
    lines = reader.lines
    start, end = book_bounds(lines)
    if (start, end) != (0, len(lines)):
        reader.remark("Project Gutenberg's own words", "left out", max(start, 1))
        reader.title, reader.author = book_title(lines) or (None, None)
    begins = next((place for place in range(start, end) if lines[place]), end)
    matter, mail = front_matter_lines(lines[begins:end]), mail_head(lines[begins:end])
    above = max(matter, mail)
    for number, line in enumerate(lines[begins : begins + above], begins + 1):
        key, _, value = line.replace("：", ":", 1).partition(":")
        value = value.strip().strip("\"'")
        if key.strip().lower() in ("title", "subject", "主题") and value and reader.title is None:
            reader.title = value
        elif key.strip().lower() == "author" and value and reader.author is None:
            reader.author = value
        elif line.strip("-."):
            reader.opening.append(Aside(line, number))
            reader.remark("what stands above the text", "comments", number)
    return (begins + above, end) if above else (start, end)


def _title(lines: Sequence[str], start: int, remarks: list[Remark]) -> tuple[str | None, int]:
    """A short first line by itself is the title: (title, where the text goes on)."""
    first = next((n for n in range(start, len(lines)) if lines[n]), None)
    top = _TOP_HEADING.fullmatch(lines[first]) if first is not None else None
    if first is not None and top is not None and _is_top_of_all(lines):
        return top.group(1), first + 1
    if first is None or first + 1 >= len(lines) or lines[first + 1]:
        return None, start
    line = lines[first]
    named = re.fullmatch(r"《(.{1,60})》", line)
    if named is None and (
        len(line) > _LONGEST_TITLE or _HEADING_END.search(line) or text_heading(line) is not None
    ):
        return None, start
    if named is None and (_SEPARATOR.fullmatch(line) or re.search(r"[:：]", line)):
        return None, start
    if cast_lines(lines, first, _is_heading) or is_fade_in(line) or not any(lines[first + 1 :]):
        return None, start
    remarks.append(Remark(first + 1, "the first line", "the title"))
    return (named.group(1) if named else line), first + 1


def _is_top_of_all(lines: Sequence[str]) -> bool:
    """Whether Markdown's highest heading is one alone, above others."""
    return sum(line.startswith("# ") for line in lines) == 1 and any(line.startswith("## ") for line in lines)


def _is_heading(line: str) -> bool:
    return text_heading(line) is not None


def _scene_gap(lines: Sequence[str]) -> int:
    """How many empty lines part scenes: more than part paragraphs, at least two. 0 where all gaps are
    alike."""
    runs: Counter[int] = Counter()
    blanks, begun = 0, False
    for line in lines:
        if line:
            if blanks and begun:
                runs[blanks] += 1
            blanks, begun = 0, True
        else:
            blanks += 1
    if not runs:
        return 0
    usual = runs.most_common(1)[0][0]
    # Where single lines are paragraphs, any two empty lines are a gap; else it takes more than the usual gap.
    packed = sum(runs.values()) * 3 < sum(bool(line) for line in lines)
    return 2 if usual == 1 or packed else usual + 1


def _is_chinese(text: str) -> bool:
    sample = text[:20_000]
    return sum("\u4e00" <= c <= "\u9fff" for c in sample) > 0.2 * sum(c.isalpha() for c in sample)
