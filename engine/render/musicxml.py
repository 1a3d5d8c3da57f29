"""A score as MusicXML 4.0 (partwise), for notation programs: written rhythms on the sixteenth grid, not the
performance.

Every track is a part. Notes that sound together with one length are chords; overlapping ones go to voices.
Durations that no single note value has are tied. Cues are rehearsal marks, script lines stand above the first
part as words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from dsl.plan import Key, Meter
from engine.music.score import Score, Track
from engine.render.transposition import Transposition, transposition

DIVISIONS = 4
"""MusicXML divisions a quarter note: sixteenths."""
_MOST_VOICES = 4
# Length in sixteenths → (type, dots); longer or odd lengths are tied together from these.
_VALUES = {
    1: ("16th", 0),
    2: ("eighth", 0),
    3: ("eighth", 1),
    4: ("quarter", 0),
    6: ("quarter", 1),
    8: ("half", 0),
    12: ("half", 1),
    16: ("whole", 0),
}
_SHARPS = (
    ("C", 0),
    ("C", 1),
    ("D", 0),
    ("D", 1),
    ("E", 0),
    ("F", 0),
    ("F", 1),
    ("G", 0),
    ("G", 1),
    ("A", 0),
    ("A", 1),
    ("B", 0),
)
_FLATS = (
    ("C", 0),
    ("D", -1),
    ("D", 0),
    ("E", -1),
    ("E", 0),
    ("F", 0),
    ("G", -1),
    ("G", 0),
    ("A", -1),
    ("A", 0),
    ("B", -1),
    ("B", 0),
)


_LEVELS = ("pp", "p", "mp", "mf", "f", "ff")
_LEVEL_BORDERS = (36, 52, 66, 82, 98)
"""Velocities from which the next level begins."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A bar: start and length in sixteenths."""

    start: int
    length: int
    meter: Meter


@dataclass(frozen=True, slots=True)
class Event:
    """A chord (or single note) in one voice, in sixteenths from the start of the score."""

    start: int
    end: int
    pitches: tuple[int, ...]
    velocity: int


def musicxml_bytes(score: Score) -> bytes:
    """The score as UTF-8 MusicXML; a score without tracks has one empty part."""
    root = ET.Element("score-partwise", version="4.0")
    ET.SubElement(ET.SubElement(root, "work"), "work-title").text = _clean(score.title)
    identification = ET.SubElement(root, "identification")
    if score.author:
        ET.SubElement(identification, "creator", type="composer").text = _clean(score.author)
    ET.SubElement(ET.SubElement(identification, "encoding"), "software").text = "Melodrama"
    measures = list(_measures(score))
    tracks = score.tracks or (Track("Silence", "melody", 0, False, ()),)
    parts = ET.SubElement(root, "part-list")
    for number, track in enumerate(tracks, start=1):
        part = ET.SubElement(parts, "score-part", id=f"P{number}")
        ET.SubElement(part, "part-name").text = _clean(track.name)
        ET.SubElement(
            ET.SubElement(part, "score-instrument", id=f"P{number}-I1"), "instrument-name"
        ).text = _clean(track.name)
        midi = ET.SubElement(part, "midi-instrument", id=f"P{number}-I1")
        ET.SubElement(midi, "midi-channel").text = "10" if track.is_drum else str(_channel(number))
        ET.SubElement(midi, "midi-program").text = str(track.program + 1)
    for number, track in enumerate(tracks, start=1):
        _part(ET.SubElement(root, "part", id=f"P{number}"), score, track, measures, first=number == 1)
    ET.indent(root)
    doctype = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
        '"http://www.musicxml.org/dtds/partwise.dtd">\n'
    )
    body: str = ET.tostring(root, encoding="unicode")
    return (doctype + body + "\n").encode()


def _measures(score: Score) -> Iterator[Measure]:
    """Bars to the end of the last cue; a metre that begins inside a bar cuts that bar short."""
    last = _grid(max((cue.end_beat for cue in score.cues), default=4.0))
    changes = [(_grid(c.beat), c.meter) for c in score.meters] or [(0, Meter())]
    for index, (start, meter) in enumerate(changes):
        end = changes[index + 1][0] if index + 1 < len(changes) else last
        bar = _grid(meter.beats_per_bar)
        while start < end:
            yield Measure(start, min(bar, end - start), meter)
            start += bar


def _part(part: ET.Element, score: Score, track: Track, measures: Sequence[Measure], first: bool) -> None:
    written = transposition(track.program, track.is_drum)
    voices = _voices(track, written)
    levels = _levels(track)
    level = ""
    keys = [(_grid(k.beat), k.key) for k in score.keys]
    meter: Meter | None = None
    key: Key | None = None
    for number, measure in enumerate(measures, start=1):
        element = ET.SubElement(part, "measure", number=str(number))
        if measure.length != _grid(measure.meter.beats_per_bar):
            element.set("implicit", "yes")
        new_key = next((k for at, k in reversed(keys) if at <= measure.start), key)
        new_meter = measure.meter
        if number == 1 or new_key != key or new_meter != meter:
            _attributes(
                element,
                track,
                new_key if new_key != key else None,
                new_meter if new_meter != meter else None,
                number == 1,
                written,
            )
        key, meter = new_key, new_meter
        if first:
            _directions(element, score, measure)
        here = next((x for at, x in levels if measure.start <= at < measure.start + measure.length), level)
        if here != level:
            level = here
            _dynamic(element, level)
        spelling = _FLATS if key is not None and _written_fifths(key, written) < 0 else _SHARPS
        for voice, events in enumerate(voices or [[]], start=1):
            if voice > 1:
                if not any(
                    e.start < measure.start + measure.length and e.end > measure.start for e in events
                ):
                    continue
                ET.SubElement(ET.SubElement(element, "backup"), "duration").text = str(measure.length)
            _voice(element, events, measure, voice, spelling, track.is_drum)


def _attributes(
    element: ET.Element,
    track: Track,
    key: Key | None,
    meter: Meter | None,
    opening: bool,
    written: Transposition,
) -> None:
    attributes = ET.SubElement(element, "attributes")
    if opening:
        ET.SubElement(attributes, "divisions").text = str(DIVISIONS)
    if key is not None:
        signature = ET.SubElement(attributes, "key")
        ET.SubElement(signature, "fifths").text = str(0 if track.is_drum else _written_fifths(key, written))
        ET.SubElement(signature, "mode").text = key.mode
    if meter is not None:
        time = ET.SubElement(attributes, "time")
        ET.SubElement(time, "beats").text = str(meter.numerator)
        ET.SubElement(time, "beat-type").text = str(meter.denominator)
    if opening:
        clef = ET.SubElement(attributes, "clef")
        pitches = [n.pitch - written.semitones for n in track.notes]
        mean = sum(pitches) / len(pitches) if pitches else 60
        sign, line = ("percussion", "") if track.is_drum else ("F", "4") if mean < 57 else ("G", "2")
        ET.SubElement(clef, "sign").text = sign
        if line:
            ET.SubElement(clef, "line").text = line
        if written.semitones:
            transpose = ET.SubElement(attributes, "transpose")
            ET.SubElement(transpose, "diatonic").text = str(written.diatonic)
            ET.SubElement(transpose, "chromatic").text = str(written.chromatic)
            if written.octaves:
                ET.SubElement(transpose, "octave-change").text = str(written.octaves)


def _directions(element: ET.Element, score: Score, measure: Measure) -> None:
    """Rehearsal marks, tempo and script lines of one bar."""
    end = measure.start + measure.length
    for cue in score.cues:
        if measure.start <= _grid(cue.start_beat) < end:
            _direction(element, "rehearsal", f"{cue.id} {cue.title}".strip(), 0)
    for tempo in score.tempo:
        if measure.start <= _grid(tempo.beat) < end:
            direction = ET.SubElement(element, "direction", placement="above")
            metronome = ET.SubElement(ET.SubElement(direction, "direction-type"), "metronome")
            ET.SubElement(metronome, "beat-unit").text = "quarter"
            ET.SubElement(metronome, "per-minute").text = f"{tempo.bpm:.2f}"
            _offset(direction, _grid(tempo.beat) - measure.start)
            ET.SubElement(direction, "sound", tempo=f"{tempo.bpm:.4f}")
    for lyric in score.lyrics:
        at = _grid(_beat_at(score, lyric.start_s))
        if measure.start <= at < end:
            said = f"{lyric.speaker}: {lyric.text}" if lyric.speaker else lyric.text
            _direction(element, "words", said, at - measure.start)


def _direction(element: ET.Element, kind: str, text: str, offset: int) -> None:
    direction = ET.SubElement(element, "direction", placement="above")
    ET.SubElement(ET.SubElement(direction, "direction-type"), kind).text = _clean(text)
    _offset(direction, offset)


def _offset(direction: ET.Element, offset: int) -> None:
    if offset:
        ET.SubElement(direction, "offset").text = str(offset)


def _dynamic(element: ET.Element, level: str) -> None:
    direction = ET.SubElement(element, "direction", placement="below")
    ET.SubElement(ET.SubElement(ET.SubElement(direction, "direction-type"), "dynamics"), level)


def _levels(track: Track) -> list[tuple[int, str]]:
    """Where the part's dynamic changes, (sixteenths, name): by the mean velocity of eight beats, and
    only where it is clearly across the border."""
    stretches: dict[int, list[int]] = {}
    for note in track.notes:
        stretches.setdefault(_grid(note.start_beat) // 32, []).append(note.velocity)
    found: list[tuple[int, str]] = []
    current = -1
    for stretch, velocities in sorted(stretches.items()):
        mean = sum(velocities) / len(velocities)
        wanted = sum(mean >= border for border in _LEVEL_BORDERS)
        clear = current < 0 or abs(wanted - current) > 1
        if not clear and wanted != current:
            clear = abs(mean - _LEVEL_BORDERS[min(wanted, current)]) > 3
        if clear and wanted != current:
            current = wanted
            found.append((stretch * 32, _LEVELS[wanted]))
    return found


def _voices(track: Track, written: Transposition) -> list[list[Event]]:
    """Events spread over voices so that none overlaps within one. What a fifth voice would need is cut short
    instead."""
    chords: dict[tuple[int, int], tuple[set[int], int]] = {}
    for note in track.notes:
        start = _grid(note.start_beat)
        end = max(start + 1, _grid(note.start_beat + note.beats))
        pitches, velocity = chords.get((start, end), (set(), 0))
        chords[start, end] = (pitches | {note.pitch - written.semitones}, max(velocity, note.velocity))
    voices: list[list[Event]] = []
    for (start, end), (pitches, velocity) in sorted(
        chords.items(), key=lambda item: (item[0][0], -max(item[1][0]))
    ):
        event = Event(start, end, tuple(sorted(pitches)), velocity)
        free = next((v for v in voices if v[-1].end <= start), None)
        if free is None and len(voices) < _MOST_VOICES:
            voices.append(free := [])
        if free is None:
            free = min(voices, key=lambda v: v[-1].end)
            last = free.pop()
            if last.start < start:
                free.append(Event(last.start, start, last.pitches, last.velocity))
            else:  # two events from one step in a full set of voices: one chord
                event = Event(start, end, tuple(sorted({*last.pitches, *event.pitches})), velocity)
        free.append(event)
    return voices


def _voice(
    element: ET.Element,
    events: Sequence[Event],
    measure: Measure,
    voice: int,
    spelling: Sequence[tuple[str, int]],
    drums: bool,
) -> None:
    """One voice's share of one bar: notes, rests between them, ties over the bar lines."""
    end = measure.start + measure.length
    at = measure.start
    for event in events:
        if event.end <= measure.start or event.start >= end:
            continue
        start, stop = max(event.start, measure.start), min(event.end, end)
        _rests(element, start - at, voice)
        pieces = _split(stop - start)
        for index, piece in enumerate(pieces):
            tied_from = index > 0 or event.start < start
            tied_to = index < len(pieces) - 1 or event.end > stop
            for position, pitch in enumerate(event.pitches):
                _note(element, pitch, piece, voice, spelling, drums, position > 0, tied_from, tied_to)
        at = stop
    _rests(element, end - at, voice)


def _note(
    element: ET.Element,
    pitch: int,
    length: int,
    voice: int,
    spelling: Sequence[tuple[str, int]],
    drums: bool,
    in_chord: bool,
    tied_from: bool,
    tied_to: bool,
) -> None:
    note = ET.SubElement(element, "note")
    if in_chord:
        ET.SubElement(note, "chord")
    step, alter = spelling[pitch % 12]
    place = ET.SubElement(note, "unpitched" if drums else "pitch")
    prefix = "display-" if drums else ""
    ET.SubElement(place, f"{prefix}step").text = step
    if alter and not drums:
        ET.SubElement(place, "alter").text = str(alter)
    ET.SubElement(place, f"{prefix}octave").text = str(pitch // 12 - 1)
    ET.SubElement(note, "duration").text = str(length)
    for present, kind in ((tied_from, "stop"), (tied_to, "start")):
        if present:
            ET.SubElement(note, "tie", type=kind)
    _value(note, length, voice)
    if tied_from or tied_to:
        notations = ET.SubElement(note, "notations")
        for present, kind in ((tied_from, "stop"), (tied_to, "start")):
            if present:
                ET.SubElement(notations, "tied", type=kind)


def _rests(element: ET.Element, length: int, voice: int) -> None:
    for piece in _split(length):
        note = ET.SubElement(element, "note")
        ET.SubElement(note, "rest")
        ET.SubElement(note, "duration").text = str(piece)
        _value(note, piece, voice)


def _value(note: ET.Element, length: int, voice: int) -> None:
    kind, dots = _VALUES[length]
    ET.SubElement(note, "voice").text = str(voice)
    ET.SubElement(note, "type").text = kind
    for _ in range(dots):
        ET.SubElement(note, "dot")


def _split(length: int) -> list[int]:
    """A length as a sum of note values, longest first."""
    pieces = []
    while length > 0:
        piece = max(value for value in _VALUES if value <= length)
        pieces.append(piece)
        length -= piece
    return pieces


def _grid(beats: float) -> int:
    return int(round(beats * DIVISIONS))


def _beat_at(score: Score, t_s: float) -> float:
    change = next((t for t in reversed(score.tempo) if t.t_s <= t_s + 1e-9), None)
    return 0.0 if change is None else change.beat + (t_s - change.t_s) * change.bpm / 60


def _fifths(key: Key) -> int:
    """Sharps (positive) or flats of the signature, −6…5; a key spelt with flats keeps them."""
    major = key.tonic if key.mode == "major" else (key.tonic + 3) % 12
    sharps: int = major * 7 % 12
    flat = "b" in key.spelling[1:] or "♭" in key.spelling
    return int(sharps - 12 if sharps > 6 or (sharps == 6 and flat) else sharps)


def _written_fifths(key: Key, written: Transposition) -> int:
    """The signature a transposing instrument reads, kept within six accidentals."""
    fifths = _fifths(key) + written.fifths
    return fifths - 12 if fifths > 6 else fifths + 12 if fifths < -6 else fifths


def _channel(number: int) -> int:
    """MIDI channel 1–16 without 10, which is the drums'."""
    channels: list[int] = [*range(1, 10), *range(11, 17)]
    return channels[(number - 1) % len(channels)]


def _clean(text: str) -> str:
    """Without the control characters and lone surrogates that XML forbids."""
    return "".join(c for c in text if (c >= " " or c in "\t\n") and not 0xD800 <= ord(c) <= 0xDFFF)
