"""How a cue ends: with a final chord, a button (short accent), a ring-out, or without an ending because it
loops or runs on.

An ending clears the last bar and sets the key's own chord there, melody on a chord tone nearest to where it
was. Whether the chord is held, cut short or rings beyond the cue is all that tells the endings apart.
"""

from dsl.timing import Bar
from engine.arrange.draft import CueDraft, Draft, Harmony, without
from engine.arrange.voicing import best_voicing
from engine.music.theory import chord_pitch_classes

BUTTON_BEATS = 0.4


def closes(draft: CueDraft, last: bool) -> bool:
    """Whether the cue comes to rest: the score's last cue (unless it is cut off or loops), a button, a
    ring-out.
    """
    if draft.cue.loop or draft.cue.freeze:
        return False
    kind = draft.cue.transition.kind
    return kind in ("button", "ring-out") or (last and kind != "cut")


def close(draft: CueDraft) -> float:
    """Writes the final chord in place and returns its beat."""
    final = draft.bars[-1]
    beat = final.beat
    button = draft.cue.transition.kind == "button"
    if button or len(draft.bars) == 1:
        # A button answers the last bar's downbeat; a one-bar cue needs its first half for music.
        beat += half_bar(final)
    tonic = tonic_harmony(draft, beat)
    # A theme that is still sounding is heard to its end over the final chord.
    theme = any(note.fixed and note.end_beat > beat + 1e-6 for note in draft.notes)
    sounding = [
        note for note in draft.notes if note.beat >= beat - 1e-6 and note.role != "drums" and not note.fixed
    ]
    drums = [note for note in draft.notes if note.role == "drums" and note.beat >= beat - 1e-6]
    roles = {note.role for note in draft.notes}
    draft.notes = without(draft.notes, sounding + drums)
    for note in draft.notes:
        if note.end_beat > beat and not note.fixed:
            note.beats = beat - note.beat
    beats = BUTTON_BEATS if button else draft.clock.beats - beat
    draft.harmony = [chord for chord in draft.harmony if chord.beat < beat - 1e-6]
    if draft.harmony and draft.harmony[-1].end_beat > beat:
        cut = draft.harmony[-1]
        draft.harmony[-1] = Harmony(cut.beat, beat, cut.root, cut.quality, cut.bass)
    draft.harmony.append(tonic)
    weight = 78.0 if button else 64.0
    chord = chord_across(draft, tonic, beat, beats, weight, melody="melody" in roles and not theme)
    if "drums" in roles and (button or draft.intent_at(beat).dynamics > 0.45):
        chord.append(Draft("drums", beat, 0.25, 36, weight))
    for note in chord:
        note.final, note.accent = True, button
    draft.notes += chord
    return beat


def half_bar(bar: Bar) -> float:
    """Beats from a bar's start to its second strong place: 2 of 4/4, 1 of 3/4, 1.5 of 6/8."""
    compound = bar.meter.denominator == 8 and bar.meter.numerator % 6 == 0
    if compound or bar.beats <= 1.0:
        return bar.beats / 2
    return max(1.0, float(int(bar.beats / 2)))


def tonic_harmony(draft: CueDraft, beat: float) -> Harmony:
    """The tonic triad of the key in force, from `beat` to the cue's end."""
    key = draft.key_at(beat)
    return Harmony(beat, draft.clock.beats, key.tonic, "maj" if key.mode == "major" else "min", key.tonic)


def chord_across(
    draft: CueDraft, chord: Harmony, beat: float, beats: float, weight: float, melody: bool = True
) -> list[Draft]:
    """A chord over bass, chords and melody, each near where its role was before."""
    before = {role: _last_pitch(draft, role, beat) for role in ("melody", "bass")}
    bass = _near(chord.bass, before["bass"] or 40)
    bass = bass if 28 <= bass <= 55 else 36 + (chord.bass % 12)
    previous = [note for note in draft.notes if note.role == "chords" and note.beat < beat]
    latest = max((note.beat for note in previous), default=0.0)
    voicing = tuple(sorted(note.pitch for note in previous if note.beat > latest - 0.01))
    centre = sum(voicing) / len(voicing) if voicing else 60.0
    tones = tuple(sorted(chord_pitch_classes(chord.root, chord.quality)))
    reference = before["melody"] or 72
    top = min((_near(tone, reference) for tone in tones), key=lambda pitch: abs(pitch - reference))
    placed = best_voicing(
        tones, voicing, min(max(centre, 55.0), 67.0), bass, top if melody else 127, len(tones)
    )
    notes = [Draft("bass", beat, beats, bass, weight)]
    notes += [Draft("chords", beat, beats, pitch, weight - 6) for pitch in placed]
    if melody:
        notes.append(Draft("melody", beat, beats, top, weight))
    return notes


def _last_pitch(draft: CueDraft, role: str, beat: float) -> int | None:
    earlier = [note for note in draft.notes if note.role == role and note.beat < beat + 1e-6]
    return max(earlier, key=lambda note: note.beat).pitch if earlier else None


def _near(pitch_class: int, reference: int) -> int:
    """The pitch of this class nearest to a reference."""
    return reference + (pitch_class - reference + 6) % 12 - 6
