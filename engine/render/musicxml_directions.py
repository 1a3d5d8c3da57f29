"""What stands above and below a part's first staff: tempo, script, hits, techniques, loudness, as MusicXML.

What is said and where is decided in `engine.render.notation.directions`.
"""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from engine.render.musicxml_elements import level_direction, tempo_direction, words_direction
from engine.render.musicxml_sheet import Sheet
from engine.render.notation import directions
from engine.render.notation.parts import WrittenPart
from engine.render.notation.percussion import drum_sound


class PartDirections:
    """The directions of one part in order of time, each until its bar is written. The first part (`number` 1)
    carries what is the whole score's."""

    def __init__(self, sheet: Sheet, part: WrittenPart, number: int) -> None:
        self.sheet, self.part, self.number = sheet, part, number
        self.pending = sorted(self._directions(), key=lambda pair: pair[0])

    def write(self, bar: ET.Element, start: int, end: int) -> None:
        """Adds to a bar, once each, the directions that fall before tick `end`, offset from tick `start`."""
        while self.pending and self.pending[0][0] < end:
            tick, direction = self.pending.pop(0)
            if tick > start:
                offset = ET.Element("offset")
                offset.text = str(tick - start)
                at = next(
                    (
                        i + 1
                        for i in range(len(direction))
                        if direction[i].tag == "direction-type"
                        and (i + 1 == len(direction) or direction[i + 1].tag != "direction-type")
                    ),
                    1,
                )
                direction.insert(at, offset)
            if len(self.part.staves) > 1:
                staff = ET.Element("staff")
                staff.text = "1"
                at = len(direction) - (1 if direction[-1].tag == "sound" else 0)
                direction.insert(at, staff)
            bar.append(direction)

    def _directions(self) -> Iterator[tuple[int, ET.Element]]:
        """(tick, direction) of all that stands above and below this part's first staff."""
        sheet = self.sheet
        if self.number == 1:
            for tick, direction in self._of_the_score():
                direction.set("system", "only-top")  # in every player's part, once in the score
                yield tick, direction
        if self.part.instrument.technique:
            first = min(
                (line.chords[0].start for staff in self.part.staves for line in staff.voices if line.chords),
                default=0,
            )
            yield first, words_direction("words", self.part.instrument.technique, **{"font-style": "italic"})
        yield from self._drum_names()
        for level in directions.levels(self.part, sheet.measures):
            yield level.tick, level_direction(level.name)

    def _of_the_score(self) -> Iterator[tuple[int, ET.Element]]:
        """Cues, tempo, script and named hits."""
        sheet = self.sheet
        for words in directions.rehearsal_marks(sheet.score, sheet.ruler):
            size = {"font-size": f"{directions.MARK_POINTS:g}", "font-weight": "bold"}
            yield words.tick, words_direction("rehearsal", words.text, **size)
        for mark in directions.tempo_marks(sheet.score, sheet.ruler, sheet.measures):
            yield mark.tick, tempo_direction(mark)
        script = directions.script_lines(sheet.score, sheet.ruler)
        size = {"font-size": f"{directions.TEXT_POINTS:g}"}
        for words in directions.script_words(script, sheet.measures, sheet.page):
            yield words.tick, words_direction("words", words.text, **size)
        size = {"font-size": "9", "font-weight": "bold"}
        for words in directions.hit_words(sheet.score, sheet.ruler):
            yield words.tick, words_direction("words", words.text, **size)

    def _drum_names(self) -> Iterator[tuple[int, ET.Element]]:
        """Each sound of a kit by name where it is first struck."""
        if not self.part.is_kit:
            return
        named: set[str] = set()
        for line in (line for staff in self.part.staves for line in staff.voices):
            for chord in line.chords:
                names = [drum_sound(key).name for key in chord.pitches]
                fresh = [name for name in dict.fromkeys(names) if name not in named]
                named.update(fresh)
                if fresh:
                    yield chord.start, words_direction("words", ", ".join(fresh), **{"font-size": "8"})
