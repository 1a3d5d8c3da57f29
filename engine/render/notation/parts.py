"""From a score's tracks to the parts of its notation: who shares a part, in which order, on which staves.

A keyboard's tracks are one player's; a sustained section keeps held notes tied under moving ones. Which hand
or clef takes what is decided here; the notes' spelling and the XML are not.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from engine.music.instruments import instrument
from engine.music.score import Score, Track
from engine.render.notation.bars import TICKS, Measure, Ruler, measure_at
from engine.render.notation.clefs import Clefs, clefs_for
from engine.render.notation.instruments import FAMILIES, WrittenInstrument, written_instrument
from engine.render.notation.quantise import NEAR, Onset, WrittenVoice, out_of_tuplets, tuplet_at, written_line

_SPLIT = 60
_SPLIT_CHOICES = (0, 50, 53, 55, 57, 60, 62, 64, 67, 128)
"""From which pitch up the upper staff takes a chord's notes; usually middle C."""
_LOWEST_ABOVE, _HIGHEST_BELOW = 52, 67
"""A line goes to the other hand beyond these."""
_TREBLE_DOWN_TO, _BASS_UP_TO = 55, 62
"""What lies within needs one staff only."""


@dataclass(frozen=True, slots=True)
class Staff:
    """One staff: its clef from each bar on, and its voices (two at most), each a line through the score."""

    clefs: Clefs
    voices: tuple[WrittenVoice, ...]


@dataclass(frozen=True, slots=True)
class WrittenPart:
    """A part: its instrument, the name and abbreviation printed, its tracks, its staves from the top."""

    instrument: WrittenInstrument
    name: str
    short: str
    tracks: tuple[Track, ...]
    staves: tuple[Staff, ...]
    drum_keys: tuple[int, ...] = ()
    """The General MIDI keys (or the pitches) that an unpitched part strikes, from the bottom."""

    @property
    def is_kit(self) -> bool:
        """Whether its tracks are a drum kit's, whose pitches are General MIDI's percussion keys."""
        return bool(self.tracks) and self.tracks[0].is_drum


def parts_of(score: Score, ruler: Ruler, measures: list[Measure]) -> list[WrittenPart]:
    """All parts in score order; a score without tracks has one empty part."""
    groups = _groups(score)
    hits = {ruler.tick(marker.beat) for marker in score.markers if marker.kind == "hit"}
    parts = [_part(written, tracks, ruler, measures, hits) for written, tracks in groups]
    parts.sort(key=lambda part: (FAMILIES.index(part.instrument.family), part.instrument.order))
    if not parts:
        silence = written_instrument(Track("Silence", "melody", 0, False, ()))
        staff = Staff(clefs_for([], ("treble",), measures), (WrittenVoice(),))
        parts = [WrittenPart(replace(silence, staves="one"), "Silence", "", (), (staff,))]
    return _numbered(parts)


def _groups(score: Score) -> list[tuple[WrittenInstrument, list[Track]]]:
    """The tracks of each part: those of one player's instrument, and those of one instrument that never play
    in the same cue (a saxophone of the style's in one, of the writer's in another)."""
    groups: list[tuple[WrittenInstrument, list[Track], set[int]]] = []
    starts = sorted(cue.start_beat for cue in score.cues)
    for track in score.tracks:
        written = written_instrument(track)
        plays = {bisect_right(starts, note.start_beat + 1e-6) for note in track.notes}
        for known, tracks, played in groups:
            same = (known.identity, known.name) == (written.identity, written.name)
            if same and (written.together or not plays & played):
                tracks.append(track)
                played |= plays
                break
        else:
            groups.append((written, [track], plays))
    return [(written, tracks) for written, tracks, _ in groups]


def _numbered(parts: list[WrittenPart]) -> list[WrittenPart]:
    """Parts of one name are told apart: Cello I, Cello II."""
    counts: dict[str, int] = {}
    names = [part.name for part in parts]
    named = []
    for part in parts:
        if names.count(part.name) > 1:
            counts[part.name] = counts.get(part.name, 0) + 1
            numeral = ("I", "II", "III", "IV", "V", "VI")[min(counts[part.name], 6) - 1]
            named.append(replace(part, name=f"{part.name} {numeral}", short=f"{part.short} {numeral}"))
        else:
            named.append(part)
    return named


def _part(
    written: WrittenInstrument, tracks: list[Track], ruler: Ruler, measures: list[Measure], hits: set[int]
) -> WrittenPart:
    notes = [
        (
            track.role,
            Onset(
                ruler.exact(note.start_beat),
                ruler.exact(note.start_beat + note.beats),
                note.pitch,
                note.velocity,
                any(abs(ruler.exact(note.start_beat) - hit) <= TICKS / 480 for hit in hits),
            ),
        )
        for track in tracks
        for note in track.notes
    ]
    onsets = [onset for _, onset in notes]
    if written.unpitched:
        line = written_line(onsets, measures, sustains=False)
        staff = Staff(clefs_for([], ("percussion",), measures), (_percussive(line, measures),))
        keys = tuple(sorted({pitch for chord in line.chords for pitch in chord.pitches}))
        return WrittenPart(written, written.name, written.short, tuple(tracks), (staff,), keys)
    sustains = not instrument(tracks[0].program).decays
    pitches = [onset.pitch for onset in onsets]
    staves: tuple[Staff, ...]
    if written.staves == "one" or (written.staves == "as needed" and _on_one_staff(pitches)):
        staves = (_single(written, onsets, measures, sustains),)
    else:
        staves = _hands(notes, measures, sustains)
    return WrittenPart(written, written.name, written.short, tuple(tracks), staves)


def _on_one_staff(pitches: Sequence[int]) -> bool:
    return not pitches or min(pitches) >= _TREBLE_DOWN_TO or max(pitches) <= _BASS_UP_TO


def _single(
    written: WrittenInstrument, onsets: list[Onset], measures: list[Measure], sustains: bool
) -> Staff:
    line = written_line(onsets, measures, sustains)
    if written.identity == "timpani":
        line = _percussive(line, measures)
    clefs = written.clefs
    if written.staves == "as needed" and onsets and min(o.pitch for o in onsets) < _TREBLE_DOWN_TO:
        clefs = ("bass",)
    return Staff(clefs_for([line], clefs, measures, -written.transposition.semitones), (line,))


def _hands(notes: Sequence[tuple[str, Onset]], measures: list[Measure], sustains: bool) -> tuple[Staff, ...]:
    """Upper and lower staff, each with a second voice in the bars where one would cut the other short."""
    hands: tuple[list[tuple[int, Onset]], list[tuple[int, Onset]]] = ([], [])
    # A keyboard's hands may both take a figure; the sections of a choir or of strings keep their staff.
    splits = {} if sustains else _splits(notes, measures)
    for role, onset in notes:
        if role in ("melody", "counter"):
            lower = onset.pitch < _LOWEST_ABOVE
        elif role == "bass":
            lower = onset.pitch <= _HIGHEST_BELOW
        else:
            lower = onset.pitch < splits.get(_bar_of(onset, measures), _SPLIT)
        layer = (0 if role == "melody" else 1) if not lower else (1 if role == "bass" else 0)
        hands[lower].append((layer, onset))
    own: tuple[tuple[str, ...], ...] = (("treble",), ("bass",))
    staves = []
    for hand, clefs in zip(hands, own, strict=True):
        voices = _voices(hand, measures, sustains)
        lines = [written_line(voice, measures, sustains) for voice in voices]
        used = tuple(line for line in lines if line.chords) or (WrittenVoice(),)
        staves.append(Staff(clefs_for(used, clefs, measures), used))  # type: ignore[arg-type]
    return tuple(staves)


def _splits(notes: Sequence[tuple[str, Onset]], measures: list[Measure]) -> dict[int, int]:
    """From which pitch up the upper staff takes the chords of each bar: where neither staff is left with
    scraps of a figure, few ledger lines are needed, and a hand does not jump from bar to bar."""
    bars: dict[int, list[Onset]] = {}
    for role, onset in notes:
        if role not in ("melody", "counter", "bass"):
            bars.setdefault(_bar_of(onset, measures), []).append(onset)
    found: dict[int, int] = {}
    before = _SPLIT
    for bar in sorted(bars):
        before = min(
            _SPLIT_CHOICES, key=lambda split: (_split_cost(bars[bar], split, before), abs(split - _SPLIT))
        )
        found[bar] = before
    return found


def _split_cost(onsets: Sequence[Onset], split: int, before: int) -> float:
    upper = [onset for onset in onsets if onset.pitch >= split]
    lower = [onset for onset in onsets if onset.pitch < split]
    places = [{round(onset.start / (TICKS / 8)) for onset in hand} for hand in (upper, lower)]
    taken = [tuple(place in hand for hand in places) for place in sorted(places[0] | places[1])]
    changes = sum(one != other for one, other in pairwise(taken))
    lines = sum(max(0, 57 - onset.pitch) for onset in upper) + sum(max(0, o.pitch - 62) for o in lower)
    return len(places[0]) + len(places[1]) + changes + 0.4 * lines + 0.05 * abs(split - before)


def _bar_of(onset: Onset, measures: list[Measure]) -> int:
    return measure_at(measures, onset.start + NEAR)


def _voices(
    hand: list[tuple[int, Onset]], measures: list[Measure], sustains: bool
) -> tuple[list[Onset], list[Onset]]:
    """The hand's two layers, joined bar by bar where nothing is lost by it."""
    if sustains:
        return [onset for _, onset in hand], []
    bars: dict[int, list[tuple[int, Onset]]] = {}
    for layer, onset in hand:
        bars.setdefault(_bar_of(onset, measures), []).append((layer, onset))
    upper: list[Onset] = []
    lower: list[Onset] = []
    for bar in bars.values():
        apart = _loses(bar)
        upper += [onset for layer, onset in bar if layer == 0 or not apart]
        lower += [onset for layer, onset in bar if layer == 1 and apart]
    return upper, lower


def _loses(bar: list[tuple[int, Onset]]) -> bool:
    """Whether one voice for both layers would cut a note by more than a beat."""
    if len({layer for layer, _ in bar}) < 2:
        return False
    return any(
        one[0] != other[0] and one[1].start + NEAR < other[1].start < one[1].end - TICKS
        for one in bar
        for other in bar
    )


def _percussive(line: WrittenVoice, measures: list[Measure]) -> WrittenVoice:
    """Drum notes are written until the next stroke, a beat at most: the length of a drum's note has no
    meaning."""
    chords = []
    following = [chord.start for chord in line.chords[1:]] + [None]
    for chord, after in zip(line.chords, following, strict=False):
        tuplet = tuplet_at(chord.start, line.tuplets)
        end = tuplet.end if tuplet else chord.start + TICKS - chord.start % (TICKS // 2)
        if not tuplet and after is not None and after > end:
            end = chord.start + TICKS - chord.start % TICKS
        bar_line = measures[measure_at(measures, chord.start)].end
        end = out_of_tuplets(chord.start, min(end, after or bar_line, bar_line), line.tuplets)
        chords.append(replace(chord, end=end, short=False, held=frozenset()))
    return replace(line, chords=tuple(chords))


def families(parts: Iterable[WrittenPart]) -> list[tuple[int, int]]:
    """(first, last) numbers of parts in a row that are of one bracketed family, two at the least."""
    from engine.render.notation.instruments import BRACKETED

    found: list[tuple[int, int]] = []
    ordered = list(parts)
    starts = [0] + [
        index + 1
        for index, (one, other) in enumerate(pairwise(ordered))
        if one.instrument.family != other.instrument.family
    ]
    for first, after in zip(starts, [*starts[1:], len(ordered)], strict=True):
        if after - first > 1 and ordered[first].instrument.family in BRACKETED:
            found.append((first, after - 1))
    return found
