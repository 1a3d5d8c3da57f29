"""Small repairs between the parts, each by a stated rule, none of them touching a theme that the writer gave.

1. A bass note that begins with a chord it does not belong to moves to the nearest tone of that chord, the
   root where two are as near.
2. A melody note of a beat or more, not a chord tone itself, a semitone from a chord note that sounds with it,
   moves to the nearest chord tone (within two semitones); where the note is a theme's, that chord note goes
   instead. High tension (`KEEP_RUB`) keeps the clash: there it is intended.
3. A note of the inner voice or of the chords that is held for a beat or more a semitone (or its octaves) from
   a tone of the chord, or from a theme's note, in a part that counts more, and is no chord tone itself,
   moves to the nearest one, or goes where all of those near are there already. High tension keeps it.
4. Where melody and bass move together in the same direction from octave to octave, the second bass note takes
   another tone of its chord, unless it begins a bar: there the root matters more.
"""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise

from dsl.plan import RoleName
from engine.arrange.active_voices import ActiveVoices
from engine.arrange.draft import PITCHED, CueDraft, Draft, Harmony, without

LONG_BEATS = 1.0
"""Notes that sound together for less rub in passing."""
KEEP_RUB = 0.72
"""From this tension on clashes are intended."""


class HeldNotes:
    """What some roles of a cue play, asked what of it is held together with something else."""

    def __init__(self, draft: CueDraft, roles: Iterable[RoleName] = PITCHED) -> None:
        self.draft = draft
        self.notes = sorted((note for role in roles for note in draft.of(role)), key=lambda note: note.beat)
        self.beats = [note.beat for note in self.notes]
        self.longest = max((note.beats for note in self.notes), default=0.0)

    def held(self, beat: float, end: float) -> list[Draft]:
        """The notes that sound for `LONG_BEATS` or more from `beat` to `end`."""
        first = bisect_left(self.beats, beat - self.longest - 1e-6)
        return [
            note
            for note in self.notes[first : bisect_left(self.beats, end)]
            if min(note.end_beat, end) - max(note.beat, beat) > LONG_BEATS - 1e-6
        ]

    def foreign(self, chord: Harmony, beat: float, end: float) -> set[int]:
        """Pitch classes outside a chord that are held from `beat` to `end`, where no tension asks for
        them."""
        return {
            note.pitch % 12
            for note in self.held(beat, end)
            if note.pitch % 12 not in chord.tones and self.draft.intent_at(note.beat).tension < KEEP_RUB
        }


def mend(draft: CueDraft, active: ActiveVoices) -> None:
    """Applies the rules in place, within the range of the instruments that lead each role."""
    _bass_in_its_chord(draft)
    _semitone_rubs(draft)
    _strays(draft, active, "counter", ("melody", "bass", "chords"))
    _strays(draft, active, "chords", ("melody", "bass", "counter"))
    _parallel_octaves(draft)


def _bass_in_its_chord(draft: CueDraft) -> None:
    chord_at = {round(chord.beat * 96): chord for chord in draft.harmony}
    for note in draft.of("bass"):
        chord = chord_at.get(round(note.beat * 96))
        if chord is None or not chord.tones or note.pitch % 12 in (*chord.tones, chord.bass):
            continue
        steps = [(tone - note.pitch + 6) % 12 - 6 for tone in chord.tones]
        note.pitch += min(steps, key=abs)


def _semitone_rubs(draft: CueDraft) -> None:
    chords = draft.of("chords")
    longest = max((note.beats for note in chords), default=0.0)
    dropped: list[Draft] = []
    first = 0
    for note in draft.of("melody"):
        while first < len(chords) and chords[first].beat + longest < note.beat:
            first += 1
        if note.beats < LONG_BEATS or draft.intent_at(note.beat).tension >= KEEP_RUB:
            continue
        harmony = draft.harmony_at(note.beat)
        if harmony is None or note.pitch % 12 in harmony.tones:
            continue
        rubbing = _rubbing(note, chords, first)
        if not rubbing:
            continue
        if note.fixed:
            dropped += rubbing
            continue
        target = min(
            (note.pitch + step for step in (-1, 1, -2, 2) if (note.pitch + step) % 12 in harmony.tones),
            key=lambda pitch: abs(pitch - note.pitch),
            default=None,
        )
        if target is not None:
            note.pitch = target
    if dropped:
        draft.notes = without(draft.notes, dropped)


def _rubbing(note: Draft, chords: list[Draft], first: int) -> list[Draft]:
    found = []
    for other in chords[first:]:
        if other.beat >= note.end_beat - 1e-6:
            break
        if other.end_beat > note.beat + 1e-6 and (other.pitch - note.pitch) % 12 in (1, 11):
            found.append(other)
    return found


def _strays(draft: CueDraft, active: ActiveVoices, role: RoleName, over: tuple[RoleName, ...]) -> None:
    """Rule 3, for the notes of one role beside those of others."""
    others = HeldNotes(draft, over)
    taken = {(round(note.beat * 96), note.pitch) for note in draft.of(role)}
    dropped: list[Draft] = []
    for note in draft.of(role):
        if note.fixed or note.beats < LONG_BEATS or draft.intent_at(note.beat).tension >= KEEP_RUB:
            continue
        beside = others.held(note.beat, note.end_beat)
        worst = _rub(draft, note, note.pitch, beside)
        if worst == 0.0:
            continue
        place = round(note.beat * 96)
        low, high = active.range_at(draft.clock, role, note.beat)
        near = [note.pitch + step for step in (-1, 1, -2, 2) if low <= note.pitch + step <= high]
        rubs = {p: _rub(draft, note, p, beside) for p in near if (place, p) not in taken}
        best = min(rubs, key=lambda p: (rubs[p], abs(p - note.pitch)), default=note.pitch)
        if rubs.get(best, worst) < worst:
            taken.add((place, best))
            note.pitch = best
        elif role == "chords":
            dropped.append(note)
    if dropped:
        draft.notes = without(draft.notes, dropped)


def _rub(draft: CueDraft, note: Draft, pitch: int, beside: list[Draft]) -> float:
    """How many beats a note would stray at a pitch: a semitone from notes of the chord, or of a theme, and
    outside the chord itself; as long as it sounds where it would begin outside the chord."""
    beats = 0.0
    for other in beside:
        if (pitch - other.pitch) % 12 not in (1, 11):
            continue
        beat = max(note.beat, other.beat)
        chord = draft.harmony_at(beat)
        if chord is None or pitch % 12 in chord.tones:
            continue
        if other.pitch % 12 in chord.tones or other.fixed:
            beats += min(note.end_beat, other.end_beat) - beat
    begins = draft.harmony_at(note.beat)
    if pitch != note.pitch and begins is not None and pitch % 12 not in begins.tones:
        beats += note.beats
    return beats


def _parallel_octaves(draft: CueDraft) -> None:
    bass = draft.of("bass")
    melody_at = {round(note.beat * 4): note for note in draft.of("melody")}
    bar_starts = {round(bar.beat * 4) for bar in draft.bars}
    for before, after in pairwise(bass):
        above_before = melody_at.get(round(before.beat * 4))
        above_after = melody_at.get(round(after.beat * 4))
        if above_before is None or above_after is None or round(after.beat * 4) in bar_starts:
            continue
        moved, moved_above = after.pitch - before.pitch, above_after.pitch - above_before.pitch
        octaves = (above_before.pitch - before.pitch) % 12 == 0 and (
            above_after.pitch - after.pitch
        ) % 12 == 0
        if not octaves or moved * moved_above <= 0:
            continue
        harmony = draft.harmony_at(after.beat)
        others = [tone for tone in (harmony.tones if harmony else ()) if tone != after.pitch % 12]
        if others:
            steps = [(tone - after.pitch + 6) % 12 - 6 for tone in others]
            after.pitch += min(steps, key=abs)
