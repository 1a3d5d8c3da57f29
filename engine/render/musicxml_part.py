"""One part of a score as MusicXML, bar by bar: attributes, directions, notes and rests of every voice."""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from dsl.plan import Key
from engine.music.keys import signature
from engine.render.musicxml_accidentals import PrintedAccidentals
from engine.render.musicxml_directions import PartDirections
from engine.render.musicxml_elements import text_child
from engine.render.musicxml_sheet import Sheet
from engine.render.notation.bars import TICKS, Measure
from engine.render.notation.beams import Beamable, beams_of
from engine.render.notation.clefs import SIGNS
from engine.render.notation.instruments import Clef
from engine.render.notation.note_values import Tuplet, Value, with_tuplets
from engine.render.notation.parts import Staff, WrittenPart
from engine.render.notation.percussion import DrumSound, drum_sound
from engine.render.notation.quantise import WrittenVoice
from engine.render.notation.spelling import fifths_of, on_lines_of_their_own, spelt, transposed

_VOICES_A_STAFF = 4
"""Voices 1–4 are the first staff's, 5–8 the second's, as notation programs number them."""


class PartWriter:
    """One part's bars."""

    def __init__(self, sheet: Sheet, part: WrittenPart, number: int) -> None:
        self.sheet, self.part, self.number = sheet, part, number
        self.written = part.instrument.transposition
        self.kit = part.is_kit
        self.directions = PartDirections(sheet, part, number)
        self.accidentals = PrintedAccidentals()
        self.spelt_and_held: dict[tuple[tuple[int | None, int], int], int] = {}
        self.melodies = {id(line): _neighbours(line) for staff in part.staves for line in staff.voices}

    def write(self, element: ET.Element) -> None:
        """Adds every measure of the part to `element`, a `<part>`."""
        key: Key | None = None
        meter = None
        measures = self.sheet.measures
        double = {self.sheet.ruler.tick(cue.end_beat) for cue in self.sheet.score.cues}
        for index, measure in enumerate(measures):
            bar = ET.SubElement(element, "measure", number=str(index + 1))
            if not measure.full:
                bar.set("implicit", "yes")
            if index and index in self.sheet.page.systems and self.number == 1:
                ET.SubElement(bar, "print", {"new-system": "yes"})
            new_key = self.sheet.key_at(measure.start)
            new_meter = measure.meter if measure.meter != meter else None
            self._attributes(bar, index, new_key if new_key != key else None, new_meter)
            key, meter = new_key, measure.meter
            self._bar(bar, measure)
            if not self.part.instrument.unpitched:
                self.accidentals.write(bar, signature(new_key) + self._shift(new_key))
            if measure.end in double:
                style = "light-heavy" if index == len(measures) - 1 else "light-light"
                text_child(ET.SubElement(bar, "barline", location="right"), "bar-style", style)

    def _attributes(self, bar: ET.Element, index: int, key: Key | None, meter: object) -> None:
        clefs: list[tuple[int, Clef]] = [
            (number, clef)
            for number, staff in enumerate(self.part.staves, start=1)
            for at, clef in staff.clefs.changes
            if at == index
        ]
        if not (index == 0 or key is not None or meter is not None or clefs):
            return
        attributes = ET.SubElement(bar, "attributes")
        if index == 0:
            text_child(attributes, "divisions", str(TICKS))
        if key is not None:
            signs = ET.SubElement(attributes, "key")
            unpitched = self.part.instrument.unpitched
            text_child(signs, "fifths", str(0 if unpitched else signature(key) + self._shift(key)))
            text_child(signs, "mode", key.mode)
        if meter is not None:
            time = ET.SubElement(attributes, "time")
            measure = self.sheet.measures[index]
            text_child(time, "beats", str(measure.meter.numerator))
            text_child(time, "beat-type", str(measure.meter.denominator))
        if index == 0 and len(self.part.staves) > 1:
            text_child(attributes, "staves", str(len(self.part.staves)))
        for number, name in clefs:
            sign, line, octaves = SIGNS[name]
            clef = ET.SubElement(attributes, "clef")
            if len(self.part.staves) > 1:
                clef.set("number", str(number))
            text_child(clef, "sign", sign)
            if line is not None:
                text_child(clef, "line", str(line))
            if octaves:
                text_child(clef, "clef-octave-change", str(octaves))
        if index == 0 and self.part.instrument.unpitched and self._lines() != 5:
            text_child(ET.SubElement(attributes, "staff-details"), "staff-lines", str(self._lines()))
        if index == 0 and self.written.semitones:
            transpose = ET.SubElement(attributes, "transpose")
            text_child(transpose, "diatonic", str(self.written.diatonic))
            text_child(transpose, "chromatic", str(self.written.chromatic))
            if self.written.octaves:
                text_child(transpose, "octave-change", str(self.written.octaves))

    def _lines(self) -> int:
        """Staff lines of an unpitched part: one for a single sound, the drum set's five for more."""
        return 5 if self.kit and len(self.part.drum_keys) > 1 else 1

    def _shift(self, key: Key) -> int:
        """Fifths from the sounding to the written key: a part at concert pitch has the key that the score is
        in, a transposed one at most six accidentals."""
        if not self.written.fifths:
            return 0
        fifths = signature(key) + self.written.fifths
        return self.written.fifths + (-12 if fifths > 6 else 12 if fifths < -6 else 0)

    def _bar(self, bar: ET.Element, measure: Measure) -> None:
        wrote = False
        for number, staff in enumerate(self.part.staves, start=1):
            for index, line in enumerate(staff.voices):
                here = _in_bar(line, measure)
                if index and not here:
                    continue
                if wrote:
                    text_child(ET.SubElement(bar, "backup"), "duration", str(measure.length))
                voice = (number - 1) * _VOICES_A_STAFF + index + 1
                self._line(bar, measure, staff, line, here, number, voice)
                wrote = True

    def _line(
        self,
        bar: ET.Element,
        measure: Measure,
        staff: Staff,
        line: WrittenVoice,
        chords: Sequence[int],
        staff_number: int,
        voice: int,
    ) -> None:
        """One voice's share of one bar: chords, rests between them, ties over what divides them."""
        tuplets = [
            Tuplet(t.start - measure.start, t.end - measure.start, t.actual, t.normal, t.unit)
            for t in line.tuplets
            if measure.start <= t.start < measure.end
        ]
        first_voice = voice == 1
        filled = voice % _VOICES_A_STAFF == 1
        at = measure.start
        place = (staff_number if len(self.part.staves) > 1 else None, voice)
        if not chords:
            if first_voice:
                self.directions.write(bar, measure.start, measure.end)
            rest = ET.SubElement(bar, "note")
            ET.SubElement(rest, "rest", measure="yes")
            text_child(rest, "duration", str(measure.length))
            text_child(rest, "voice", str(voice))
            if place[0]:
                text_child(rest, "staff", str(place[0]))
            return
        written: list[_Written] = []
        for index in chords:
            chord = line.chords[index]
            start, end = max(chord.start, measure.start), min(chord.end, measure.end)
            written += _rests(at - measure.start, start - measure.start, measure, tuplets)
            pieces = list(with_tuplets(start - measure.start, end - measure.start, measure.meter, tuplets))
            for number, value in enumerate(pieces):
                opening = number == 0 and chord.start >= measure.start
                goes_on = number < len(pieces) - 1 or chord.end > measure.end
                # A stroke is not tied: what its length would need beyond one value is rest.
                struck = opening or not self.part.instrument.unpitched
                written.append(_Written(value, index, opening, goes_on) if struck else _Written(value))
            at = end
        written += _rests(at - measure.start, measure.length, measure, tuplets)
        beams = beams_of([Beamable(one.value, one.chord is None) for one in written], measure.meter)
        for one, marks in zip(written, beams, strict=True):
            if first_voice:
                self.directions.write(bar, measure.start + one.value.start, measure.start + one.value.end)
            if one.chord is None:
                self._rest(bar, one.value, place, filled)
            else:
                self._chord(bar, line, one, marks, place)

    def _rest(self, bar: ET.Element, value: Value, place: tuple[int | None, int], seen: bool) -> None:
        note = ET.SubElement(bar, "note")
        if not seen:  # a second voice rests unseen
            note.set("print-object", "no")
        ET.SubElement(note, "rest")
        text_child(note, "duration", str(value.end - value.start))
        self._value(note, value, place)
        self._tuplet(note, value)

    def _chord(
        self,
        bar: ET.Element,
        line: WrittenVoice,
        written: "_Written",
        beams: Sequence[str],
        place: tuple[int | None, int],
    ) -> None:
        assert written.chord is not None
        chord, value = line.chords[written.chord], written.value
        following = line.chords[written.chord + 1] if written.chord + 1 < len(line.chords) else None
        tick = chord.start
        pitches = chord.pitches
        if self.part.instrument.unpitched:
            pitches = tuple(dict.fromkeys(pitches)) if self.kit else pitches[:1]
        tied = {pitch for pitch in pitches if not written.opening or pitch in chord.held}
        places = self._places(pitches, tied, place, tick, self.melodies[id(line)][written.chord])
        for position, pitch in enumerate(pitches):
            held_on = following is not None and pitch in following.held and following.start == chord.end
            tied_from = pitch in tied
            tied_to = written.goes_on or held_on
            note = ET.SubElement(bar, "note")
            if position:
                ET.SubElement(note, "chord")
            sound = self._pitch(note, pitch, places.get(pitch, 0))
            if tied_to:
                self.spelt_and_held[place, pitch] = places.get(pitch, 0)
            text_child(note, "duration", str(value.end - value.start))
            if not self.part.instrument.unpitched:
                for present, kind in ((tied_from, "stop"), (tied_to, "start")):
                    if present:
                        ET.SubElement(note, "tie", type=kind)
            if self.part.drum_keys:
                ET.SubElement(note, "instrument", id=f"P{self.number}-I{pitch}")
            self._value(note, value, place, sound)
            for level, mark in enumerate(beams if position == 0 else (), start=1):
                text_child(note, "beam", mark, number=str(level))
            notations = ET.Element("notations")
            if not self.part.instrument.unpitched:
                for present, kind in ((tied_from, "stop"), (tied_to, "start")):
                    if present:
                        ET.SubElement(notations, "tied", type=kind)
            if position == 0:
                self._tuplet(note, value, notations)
                if self.part.instrument.technique == "trem.":
                    text_child(ET.SubElement(notations, "ornaments"), "tremolo", "3", type="single")
                if written.opening and (chord.accent or chord.short) and not chord.held:
                    marks = ET.SubElement(notations, "articulations")
                    ET.SubElement(marks, "accent" if chord.accent else "staccato")
            if len(notations):
                note.append(notations)

    def _places(
        self,
        pitches: Sequence[int],
        tied: Collection[int],
        place: tuple[int | None, int],
        tick: int,
        neighbours: tuple[int | None, int | None],
    ) -> dict[int, int]:
        """The written place of each pitch of a chord on the line of fifths; a tie never changes it."""
        if self.part.instrument.unpitched:
            return {}
        places = {}
        for pitch in pitches:
            held = self.spelt_and_held.pop((place, pitch), None) if pitch in tied else None
            places[pitch] = self._fifths(pitch, tick, neighbours) if held is None else held
        return on_lines_of_their_own(places, tied)

    def _pitch(self, note: ET.Element, pitch: int, fifths: int) -> DrumSound | None:
        """Writes the pitch: the drum where it is one."""
        if self.part.instrument.unpitched:
            sound = drum_sound(pitch) if self.kit else DrumSound(self.part.name, "B", 4)
            if self._lines() == 1:
                sound = DrumSound(sound.name, "E", 4, sound.notehead)
            element = ET.SubElement(note, "unpitched")
            text_child(element, "display-step", sound.step)
            text_child(element, "display-octave", str(sound.octave))
            return sound
        spelling = spelt(pitch - self.written.semitones, fifths)
        element = ET.SubElement(note, "pitch")
        text_child(element, "step", spelling.step)
        if spelling.alter:
            text_child(element, "alter", str(spelling.alter))
        text_child(element, "octave", str(spelling.octave))
        return None

    def _fifths(self, pitch: int, tick: int, neighbours: tuple[int | None, int | None]) -> int:
        key = self.sheet.key_at(tick)
        fifths = fifths_of(pitch, key, self.sheet.chord_at(tick), *neighbours)
        shift = self._shift(key)
        return transposed(fifths, shift) if shift else fifths

    def _value(
        self, note: ET.Element, value: Value, place: tuple[int | None, int], sound: DrumSound | None = None
    ) -> None:
        text_child(note, "voice", str(place[1]))
        text_child(note, "type", value.type)
        for _ in range(value.dots):
            ET.SubElement(note, "dot")
        if value.tuplet:
            change = ET.SubElement(note, "time-modification")
            text_child(change, "actual-notes", str(value.tuplet.actual))
            text_child(change, "normal-notes", str(value.tuplet.normal))
        if sound is not None:
            text_child(note, "stem", "up")
            if sound.notehead != "normal":
                text_child(note, "notehead", sound.notehead)
        if place[0]:
            text_child(note, "staff", str(place[0]))

    def _tuplet(self, note: ET.Element, value: Value, notations: ET.Element | None = None) -> None:
        if value.tuplet is None:
            return
        ends = [("start", value.start == value.tuplet.start), ("stop", value.end == value.tuplet.end)]
        into = notations if notations is not None else ET.Element("notations")
        for kind, present in ends:
            if present:
                element = ET.SubElement(into, "tuplet", type=kind)
                if kind == "start":
                    element.set("bracket", "yes")
        if notations is None and len(into):
            note.append(into)


@dataclass(frozen=True, slots=True)
class _Written:
    """A note or a rest (`chord` None) of one bar: its value, its chord's number in the voice, whether it is
    the chord's first value and whether a tie leads on."""

    value: Value
    chord: int | None = None
    opening: bool = False
    goes_on: bool = False


def _rests(start: int, end: int, measure: Measure, tuplets: list[Tuplet]) -> list[_Written]:
    return [_Written(value) for value in with_tuplets(start, end, measure.meter, tuplets, rest=True)]


def _neighbours(line: WrittenVoice) -> list[tuple[int | None, int | None]]:
    """The top notes before and after each chord of a line, where they follow closely."""
    tops = [chord.pitches[-1] for chord in line.chords]
    return [
        (tops[i - 1] if i else None, tops[i + 1] if i + 1 < len(tops) else None) for i in range(len(tops))
    ]


def _in_bar(line: WrittenVoice, measure: Measure) -> range:
    """Indices of the chords that sound in a bar."""
    first = bisect_right(line.chords, measure.start, key=lambda chord: chord.end)
    last = bisect_right(line.chords, measure.end - 1, key=lambda chord: chord.start)
    return range(first, max(last, first))
