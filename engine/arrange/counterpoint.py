"""Small repairs between the parts, each by a stated rule, none of them touching a theme that the writer gave.

1. A bass note that begins with a chord it does not belong to moves to the nearest tone of that chord, the
   root where two are as near.
2. A melody note of a beat or more, not a chord tone itself, a semitone from a chord note that sounds with it,
   moves to the nearest chord tone (within two semitones); where the note is a theme's, that chord note goes
   instead. High tension (`KEEP_RUB`) keeps the clash: there it is intended.
3. Where melody and bass move together in the same direction from octave to octave, the second bass note takes
   another tone of its chord, unless it begins a bar: there the root matters more.
"""

from itertools import pairwise

from engine.arrange.draft import CueDraft, Draft, without

LONG_BEATS = 1.0
KEEP_RUB = 0.72


def mend(draft: CueDraft) -> None:
    """Applies the rules in place."""
    _bass_in_its_chord(draft)
    _semitone_rubs(draft)
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
