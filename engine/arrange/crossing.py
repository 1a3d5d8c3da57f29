"""Voices keep their order: bass, inner voices, melody from the bottom up.

Lines move by octaves, whole phrases first; a single inner note that still lies above the melody goes down,
or, where its instrument cannot, rests, and one under the bass goes up where there is room. Themes that the
writer gave are left where they are. What instruments double comes later (`orchestration`), under the same
rule.
"""

from bisect import bisect_left, bisect_right

from engine.arrange.active_voices import ActiveVoices
from engine.arrange.draft import CueDraft, Draft, without
from engine.arrange.registers import phrases_of
from engine.arrange.voicing import onset_groups

LEAST_OVERLAP_BEATS = 0.2
"""Notes that sound together for less are heard one after the other."""
LOW_MELODY = 55
"""Under a melody below G3 there is no room for a chord: it may lie above."""
_NOTHING_ABOVE, _NOTHING_BELOW = 127, 0


class Line:
    """A one-voice line, asked what of it sounds while something else does."""

    def __init__(self, notes: list[Draft]) -> None:
        self.notes = notes
        self.beats = [note.beat for note in notes]

    def during(self, note: Draft) -> list[Draft]:
        """The notes that sound together with one."""
        first = max(0, bisect_right(self.beats, note.beat) - 1)
        last = bisect_left(self.beats, note.end_beat)
        return [
            other
            for other in self.notes[first:last]
            if min(other.end_beat, note.end_beat) - max(other.beat, note.beat)
            > min(LEAST_OVERLAP_BEATS, note.beats / 2, other.beats / 2)
        ]

    def after(self, note: Draft, until: float) -> list[Draft]:
        """The notes that begin after a note's written end and before a beat."""
        return self.notes[
            bisect_left(self.beats, note.end_beat - 1e-6) : bisect_left(self.beats, until - 1e-6)
        ]

    def lowest(self, note: Draft) -> int:
        """The lowest pitch while a note sounds; 127 where the line rests."""
        return min((other.pitch for other in self.during(note)), default=_NOTHING_ABOVE)

    def highest(self, note: Draft) -> int:
        """The highest pitch while a note sounds; 0 where the line rests."""
        return max((other.pitch for other in self.during(note)), default=_NOTHING_BELOW)


def keep_order(draft: CueDraft, active: ActiveVoices) -> None:
    """Applies the rules in place, within the range of the instruments that lead each role."""
    _bass_below_melody(draft, active)
    melody, bass = Line(draft.of("melody")), Line(draft.of("bass"))
    dropped = _counter_below_melody(draft, melody, bass, active)
    dropped += _chords_below_melody(draft, melody, bass, active)
    draft.notes = without(draft.notes, dropped)


def _bass_below_melody(draft: CueDraft, active: ActiveVoices) -> None:
    """Where the bass reaches up to the melody it goes down an octave, or else the melody's phrase up."""
    melody = Line(draft.of("melody"))
    for note in draft.of("bass"):
        low, _ = active.range_at(draft.clock, "bass", note.beat)
        while note.pitch >= melody.lowest(note) and note.pitch - 12 >= low:
            note.pitch -= 12
    bass = Line(draft.of("bass"))
    for phrase in phrases_of(melody.notes, draft.phrases):
        _, high = active.range_at(draft.clock, "melody", phrase[0].beat)
        crosses = any(note.pitch <= bass.highest(note) for note in phrase)
        if crosses and max(note.pitch for note in phrase) + 12 <= high:
            for note in phrase:
                note.pitch += 12


def _counter_below_melody(draft: CueDraft, melody: Line, bass: Line, active: ActiveVoices) -> list[Draft]:
    dropped: list[Draft] = []
    for phrase in phrases_of(draft.of("counter"), draft.phrases):
        low, high = active.range_at(draft.clock, "counter", phrase[0].beat)
        roofs = [melody.lowest(note) for note in phrase]
        floors = [bass.highest(note) for note in phrase]

        def cost(
            shift: int,
            phrase: list[Draft] = phrase,
            roofs: list[int] = roofs,
            floors: list[int] = floors,
            low: int = low,
            high: int = high,
        ) -> float:
            wrong = 0.0
            for note, roof, floor in zip(phrase, roofs, floors, strict=True):
                pitch = note.pitch + shift
                wrong += note.beats * (pitch > roof or not low <= pitch <= high)
                wrong += 0.5 * note.beats * (pitch <= floor)
            return wrong + 0.01 * abs(shift)

        shift = min((0, -12, -24, 12), key=cost)
        for note, roof, floor in zip(phrase, roofs, floors, strict=True):
            if low <= note.pitch + shift <= high:
                note.pitch += shift
            while note.pitch > roof and note.pitch - 12 >= max(low, floor + 1):
                note.pitch -= 12
            while note.pitch <= floor and note.pitch + 12 <= min(high, roof):
                note.pitch += 12
            if note.pitch > roof:
                dropped.append(note)
    return dropped


def _chords_below_melody(draft: CueDraft, melody: Line, bass: Line, active: ActiveVoices) -> list[Draft]:
    """Chord notes above the melody go down where there is room above the bass; else they go."""
    dropped: list[Draft] = []
    for group in onset_groups([note for note in draft.of("chords") if not note.pad]):
        low, _ = active.range_at(draft.clock, "chords", group[0].beat)
        taken = {note.pitch for note in group}
        for note in sorted(group, key=lambda one: -one.pitch):
            roof = melody.lowest(note)
            if note.pitch <= roof:
                continue
            floor = max(low, bass.highest(note) + 1)
            pitch = note.pitch - 12 * -(-(note.pitch - roof) // 12)
            if pitch >= floor and pitch not in taken:
                taken.add(pitch)
                note.pitch = pitch
            elif roof >= LOW_MELODY:
                dropped.append(note)
    return dropped
