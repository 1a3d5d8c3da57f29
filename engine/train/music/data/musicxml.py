"""Reads engraved scores (MusicXML partwise) straight from the XML: notes, real bar lengths, pickups,
signatures, dynamics.

Only what training needs is read: no layout, no lyrics beyond whether a part sings, repeats unexpanded, grace
notes left out. Times are quarter beats.
"""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.errors import MediaError
from engine.music.theory import QUALITIES
from engine.train.music.data.piece import RawBar, RawChord

_STEPS: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
DYNAMICS: Final = {
    "pppp": 20, "ppp": 27, "pp": 38, "p": 52, "mp": 64, "mf": 78, "f": 94, "ff": 110, "fff": 120, "ffff": 125,
}  # fmt: skip
"""Velocity of dynamic marks, as notation programs play them."""
STACCATO_SHARE: Final = 0.55
"""How much of its written length a staccato note sounds."""
MAX_MEASURES: Final = 4000


@dataclass(frozen=True, slots=True)
class ScorePart:
    """notes: float64 [N, 6] (start, beats, sounding pitch, velocity or 0, staff, voice)."""

    name: str
    sound: str
    sings: bool
    notes: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class EngravedScore:
    """A MusicXML file: parts with notes, written bars, chord symbols, and who wrote it."""

    parts: tuple[ScorePart, ...]
    bars: tuple[RawBar, ...]
    chords: tuple[RawChord, ...]
    title: str
    composer: str


@dataclass(slots=True)
class _Measure:
    """One measure while parts are read: its length is the longest of any part."""

    nominal: float
    meter: tuple[int, int]
    fifths: int
    length: float = 0.0


def read_musicxml(path: Path) -> EngravedScore:
    """The score. Raises MediaError for XML that is broken or no partwise score."""
    try:
        root = ET.parse(path).getroot()
    except (ET.ParseError, OSError, UnicodeDecodeError) as error:
        raise MediaError(f"{path.name}: not readable as MusicXML ({error})") from error
    if root.tag != "score-partwise":
        raise MediaError(f"{path.name}: not a partwise score")
    headers = {part.get("id"): part for part in root.iterfind("part-list/score-part")}
    measures: list[_Measure] = []
    read = []
    for part in root.iterfind("part"):
        try:
            read.append((headers.get(part.get("id")), *_PartReader(measures).read(part)))
        except (ValueError, ZeroDivisionError, KeyError) as error:
            raise MediaError(f"{path.name}: a measure makes no sense ({error})") from error
    if not measures or not any(len(notes) for _, notes, *_ in read):
        raise MediaError(f"{path.name}: no notes")
    starts = np.concatenate([[0.0], np.cumsum([measure.length for measure in measures])])
    parts = []
    chords: list[tuple[float, int, int, int]] = []
    marks = sorted((starts[m] + at, level) for *_, dynamics, _, _ in read for m, at, level in dynamics)
    for header, notes, dynamics, harmonies, sings in read:
        own = sorted((starts[m] + at, level) for m, at, level in dynamics) or marks
        chords += [(starts[m] + at, root_pc, quality, bass) for m, at, root_pc, quality, bass in harmonies]
        name = (header.findtext("part-name") or "").strip() if header is not None else ""
        sound = (header.findtext("score-instrument/instrument-sound") or "") if header is not None else ""
        parts.append(ScorePart(name, sound, sings, _part_notes(notes, starts, own)))
    creator = root.findtext("identification/creator[@type='composer']") or ""
    title = root.findtext("work/work-title") or root.findtext("movement-title") or path.stem
    return EngravedScore(
        tuple(parts),
        written_bars(measures, starts),
        _chord_spans(chords, float(starts[-1])),
        title,
        creator.strip(),
    )


class _PartReader:
    """Walks the measures of one part with a cursor, as the format prescribes (backup, forward, chord)."""

    def __init__(self, measures: list[_Measure]) -> None:
        self.measures = measures
        self.notes: list[list[float]] = []  # measure, offset, beats, pitch, accent, staff, voice
        self.dynamics: list[tuple[int, float, int]] = []
        self.harmonies: list[tuple[int, float, int, int, int]] = []
        self.sings = False
        self.divisions = 1.0
        self.transpose = 0
        self.meter = (4, 4)
        self.fifths = 99
        self.tied: dict[tuple[int, int], int] = {}

    def read(
        self, part: ET.Element
    ) -> tuple[list[list[float]], list[tuple[int, float, int]], list[tuple[int, float, int, int, int]], bool]:
        for number, measure in enumerate(part.iterfind("measure")):
            if number >= MAX_MEASURES:
                raise ValueError(f"more than {MAX_MEASURES} measures")
            self._measure(number, measure)
        return self.notes, self.dynamics, self.harmonies, self.sings

    def _measure(self, number: int, measure: ET.Element) -> None:
        cursor = last = furthest = 0.0
        for element in measure:
            tag = element.tag
            if tag == "note":
                cursor, last = self._note(number, element, cursor, last)
            elif tag == "backup":
                cursor -= float(element.findtext("duration") or 0) / self.divisions
            elif tag == "forward":
                cursor += float(element.findtext("duration") or 0) / self.divisions
            elif tag == "attributes":
                self._attributes(element)
            elif tag == "direction":
                for mark in element.iterfind("direction-type/dynamics/*"):
                    if mark.tag in DYNAMICS:
                        self.dynamics.append((number, cursor, DYNAMICS[mark.tag]))
            elif tag == "harmony":
                self._harmony(number, element, cursor)
            furthest = max(furthest, cursor)
        while len(self.measures) <= number:
            self.measures.append(_Measure(self.meter[0] * 4 / self.meter[1], self.meter, self.fifths))
        self.measures[number].length = max(self.measures[number].length, furthest)

    def _attributes(self, element: ET.Element) -> None:
        for child in element:
            if child.tag == "divisions":
                self.divisions = float(child.text or 1)
            elif child.tag == "key" and child.findtext("fifths") is not None:
                self.fifths = max(-7, min(7, int(child.findtext("fifths") or 0)))
            elif child.tag == "time" and child.findtext("beats"):
                beats = sum(int(n) for n in (child.findtext("beats") or "4").split("+"))
                self.meter = (beats, int(child.findtext("beat-type") or 4))
            elif child.tag == "transpose":
                octaves = int(child.findtext("octave-change") or 0)
                self.transpose = int(float(child.findtext("chromatic") or 0)) + 12 * octaves

    def _note(self, number: int, element: ET.Element, cursor: float, last: float) -> tuple[float, float]:
        """Adds the note; returns the cursor after it and the onset a following chord tone shares."""
        step = alter = octave = ""
        duration = 0.0
        chord = stops = starts = False
        staff = voice = 1
        share, accent = 1.0, 0.0
        for child in element:
            tag = child.tag
            if tag in ("grace", "cue"):
                return cursor, last
            if tag == "pitch":
                step, alter, octave = (child.findtext(t) or "" for t in ("step", "alter", "octave"))
            elif tag == "duration":
                duration = float(child.text or 0) / self.divisions
            elif tag == "chord":
                chord = True
            elif tag == "tie":
                stops |= child.get("type") == "stop"
                starts |= child.get("type") == "start"
            elif tag == "staff":
                staff = int(child.text or 1)
            elif tag == "voice":
                voice = int(child.text) if child.text and child.text.isdigit() else 1
            elif tag == "lyric":
                self.sings = True
            elif tag == "notations":
                for mark in child.iterfind("articulations/*"):
                    share = STACCATO_SHARE if mark.tag in ("staccato", "staccatissimo", "spiccato") else share
                    accent = 14.0 if mark.tag in ("accent", "strong-accent") else accent
        onset = last if chord else cursor
        if step:
            pitch = 12 * (int(octave) + 1) + _STEPS[step] + round(float(alter or 0)) + self.transpose
            held = self.tied.pop((pitch, staff), None) if stops else None
            if held is not None:
                self.notes[held][2] += duration
                index = held
            else:
                index = len(self.notes)
                self.notes.append([number, onset, duration * share, pitch, accent, staff, voice])
            if starts:
                self.tied[(pitch, staff)] = index
        return (cursor, last) if chord else (cursor + duration, cursor)

    def _harmony(self, number: int, element: ET.Element, cursor: float) -> None:
        root = _pitch_class(element.find("root"), "root")
        kind = element.findtext("kind") or "major"
        if root is None or kind == "none":
            return
        offset = float(element.findtext("offset") or 0) / self.divisions
        bass = _pitch_class(element.find("bass"), "bass")
        quality = QUALITIES.index(_KINDS.get(kind, "maj"))
        self.harmonies.append(
            (number, max(0.0, cursor + offset), root, quality, root if bass is None else bass)
        )


_KINDS: Final = {
    "major": "maj", "minor": "min", "diminished": "dim", "augmented": "aug", "power": "maj",
    "suspended-fourth": "sus4", "suspended-second": "sus2", "major-minor": "min", "augmented-seventh": "aug",
    "dominant": "7", "dominant-ninth": "7", "dominant-11th": "7", "dominant-13th": "7",
    "major-seventh": "maj7", "major-ninth": "maj7", "major-sixth": "maj", "minor-sixth": "min",
    "minor-seventh": "min7", "minor-ninth": "min7", "minor-11th": "min7", "half-diminished": "m7b5",
    "diminished-seventh": "dim7",
}  # fmt: skip
"""MusicXML chord kinds as our qualities; extensions fall to their seventh chord."""


def _pitch_class(element: ET.Element | None, tag: str) -> int | None:
    if element is None or element.findtext(f"{tag}-step") not in _STEPS:
        return None
    alter = round(float(element.findtext(f"{tag}-alter") or 0))
    return (_STEPS[element.findtext(f"{tag}-step") or "C"] + alter) % 12


def _part_notes(
    notes: list[list[float]], starts: npt.NDArray[np.float64], marks: list[tuple[float, int]]
) -> npt.NDArray[np.float64]:
    if not notes:
        return np.zeros((0, 6))
    array = np.array(notes, dtype=np.float64)
    onset = starts[array[:, 0].astype(np.int64)] + array[:, 1]
    velocity = np.zeros(len(array))
    if marks:
        at = np.searchsorted([mark[0] for mark in marks], onset + 1e-6, "right") - 1
        level = np.array([mark[1] for mark in marks], dtype=np.float64)
        velocity = np.where(at >= 0, np.minimum(level[np.maximum(at, 0)] + array[:, 4], 127), 0)
    result = np.column_stack([onset, array[:, 2], array[:, 3], velocity, array[:, 5], array[:, 6]])
    sane = (result[:, 1] > 0) & (result[:, 2] >= 0) & (result[:, 2] <= 127)
    return np.asarray(result[sane][np.lexsort((result[sane][:, 2], result[sane][:, 0]))])


def written_bars(measures: list[_Measure], starts: npt.NDArray[np.float64]) -> tuple[RawBar, ...]:
    """Bars from measures: a short first one is a pickup and lies at its bar's end, short ones in a row that
    fill a bar together (a repeat in mid-bar) are one, a short last one is filled up; others stay
    irregular."""
    bars = []
    i = 0
    while i < len(measures):
        measure = measures[i]
        start, end = float(starts[i]), float(starts[i + 1])
        beats = measure.length
        used = 1
        if beats < measure.nominal - 1e-3:
            following = measures[i + 1].length if i + 1 < len(measures) else 0.0
            if i == 0:
                start, beats = end - measure.nominal, measure.nominal
            elif abs(beats + following - measure.nominal) < 1e-3:
                beats, used = measure.nominal, 2
            elif i == len(measures) - 1:
                beats = measure.nominal
        bars.append(RawBar(start, beats, measure.meter, measure.fifths))
        i += used
    return tuple(bars)


def _chord_spans(chords: list[tuple[float, int, int, int]], end: float) -> tuple[RawChord, ...]:
    ordered = sorted(chords)
    stops = [*(chord[0] for chord in ordered), end][1:]
    return tuple(
        RawChord(at, stop, root, quality, bass)
        for (at, root, quality, bass), stop in zip(ordered, stops, strict=True)
    )
