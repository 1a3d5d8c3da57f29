"""Written notes → pitches: `E5 G#4:2 R:0.5 (C4 E4 G4):4`. Scientific pitch, C4 = MIDI 60, beats are quarter
notes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dsl.diagnostics import Finding, error
from dsl.syntax import Columns, Name, WrittenNote

MAX_NOTES = 1_000
"""More elements than this are no theme; a bound for time and memory."""
MAX_BEATS = 64.0
_LOWEST, _HIGHEST = 0, 127
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ALTERATIONS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1, "##": 2, "♯♯": 2, "bb": -2, "♭♭": -2, "x": 2}
_PITCH = re.compile(r"([A-Ga-g])(##?|♯♯?|bb?|♭♭?|x|)(-?[0-9]{1,2})\Z")
_BEATS = re.compile(r"(?:[0-9]{1,6}(?:\.[0-9]{1,9})?|\.[0-9]{1,9}|[0-9]{1,3}/[0-9]{1,3})\Z")


@dataclass(frozen=True, slots=True)
class Element:
    """One element as written: the names in it (several = chord) and what stands behind its colon, colon
    included.
    """

    names: tuple[Name, ...]
    beats: Name | None


def read_notes(elements: Sequence[Element]) -> tuple[tuple[WrittenNote, ...], list[Finding]]:
    """The notes of written elements. A note that is none gets a finding (on line 1) and is left out."""
    findings: list[Finding] = []
    notes: list[WrittenNote] = []
    for element in elements:
        pitches: list[int] = []
        for name in element.names:
            if name.text in ("R", "r"):
                if len(element.names) > 1:
                    findings.append(error("E330", "A rest cannot sound in a chord.", name.columns.on(1)))
                continue
            pitch = read_pitch(name, findings)
            if pitch is not None and pitch not in pitches:
                pitches.append(pitch)
        beats = _read_beats(element.beats, findings) if element.beats else 1.0
        last = (element.beats or element.names[-1]).columns.end
        notes.append(
            WrittenNote(tuple(sorted(pitches)), beats, Columns(element.names[0].columns.start, last))
        )
    if not elements:
        return (), findings
    return tuple(notes), findings


def read_pitch(name: Name, findings: list[Finding]) -> int | None:
    """MIDI 0–127 for a name such as `F#4`, or None with a finding."""
    found = _PITCH.match(name.text)
    if found is None:
        message = f"“{name.text[:20]}” is no note."
        hint = "Write a letter A to G, then # or b where needed, then the octave: E5, G#4, Bb3. R is a rest."
        findings.append(error("E330", message, name.columns.on(1), hint))
        return None
    letter, alteration, octave = found.groups()
    pitch = 12 * (int(octave) + 1) + _STEPS[letter.upper()] + _ALTERATIONS[alteration]
    if not _LOWEST <= pitch <= _HIGHEST:
        message = f"{name.text} lies outside what MIDI can say."
        findings.append(
            error("E329", message, name.columns.on(1), "Notes go from C-1 to G9; C4 is middle C.")
        )
        return None
    return pitch


def _read_beats(name: Name, findings: list[Finding]) -> float:
    text = name.text[1:]
    beats = 0.0
    if _BEATS.match(text):
        above, _, below = text.partition("/")
        beats = float(above) / (float(below) or 1.0) if below else float(above)
    if not 0.0 < beats <= MAX_BEATS:
        hint = f"Write a number over 0, at most {MAX_BEATS:g}, such as :2 or :0.5."
        findings.append(error("E308", f"“{text[:20]}” is no length in beats.", name.columns.on(1), hint))
        return 1.0
    return beats
