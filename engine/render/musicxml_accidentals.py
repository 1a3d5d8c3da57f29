"""The accidentals that are printed, as MusicXML: a note's `<alter>` says how it sounds, `<accidental>` what a
reader sees, and programs that take the file at its word (Verovio) print no other.

The rule is the common one: an accidental holds to the end of its bar on its line of its staff, a tie carries
it over the bar line for the tied note alone; and what was altered in the bar before is cautioned (Gould,
*Behind Bars*, pages 78–84).
"""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

_SIGNS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}
_SHARPS = "FCGDAEB"
_BEFORE = ("dot", "type", "voice", "instrument", "tie", "duration")
"""What stands before an accidental in a note, from the nearest."""

Line = tuple[str, str, str]
"""(staff, letter, octave): where an accidental holds."""


class PrintedAccidentals:
    """The accidentals of one part, bar after bar."""

    def __init__(self) -> None:
        self._altered: dict[Line, int] = {}

    def write(self, measure: ET.Element, fifths: int) -> None:
        """Adds to a finished `<measure>` the accidentals that its notes need under a signature of that many
        sharps (negative: flats)."""
        in_force: dict[Line, int] = {}
        for line, note in _in_order(measure):
            alter = int(note.findtext("pitch/alter", "0"))
            signed = _in_signature(line[1], fifths)
            if note.find("tie[@type='stop']") is not None:
                continue
            if alter != in_force.get(line, signed):
                _add(note, alter, cautionary=False)
            elif line not in in_force and line in self._altered and self._altered[line] != alter:
                _add(note, alter, cautionary=True)
            in_force[line] = alter
        self._altered = {
            line: alter for line, alter in in_force.items() if alter != _in_signature(line[1], fifths)
        }


def _in_order(measure: ET.Element) -> Iterator[tuple[Line, ET.Element]]:
    """The pitched notes of a bar as they sound, of all its voices, each with its line."""
    found: list[tuple[int, int, Line, ET.Element]] = []
    at = start = 0
    for element in measure:
        duration = int(element.findtext("duration", "0"))
        if element.tag == "backup":
            at -= duration
        elif element.tag == "note":
            if element.find("chord") is None:
                start = at
                at += duration
            pitch = element.find("pitch")
            if pitch is not None:
                line = (
                    element.findtext("staff", "1"),
                    pitch.findtext("step", ""),
                    pitch.findtext("octave", ""),
                )
                found.append((start, len(found), line, element))
    for _, _, line, element in sorted(found, key=lambda row: row[:2]):
        yield line, element


def _in_signature(letter: str, fifths: int) -> int:
    if fifths > 0:
        return int(_SHARPS.index(letter) < fifths)
    return -int(_SHARPS[::-1].index(letter) < -fifths)


def _add(note: ET.Element, alter: int, cautionary: bool) -> None:
    tags = [child.tag for child in note]
    last = next(tag for tag in _BEFORE if tag in tags)
    accidental = ET.Element("accidental", {"cautionary": "yes"} if cautionary else {})
    accidental.text = _SIGNS[alter]
    note.insert(len(tags) - tags[::-1].index(last), accidental)
