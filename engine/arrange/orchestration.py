"""Deals the notes of the roles out to instruments: each voice takes its share, doubled or held, inside its
range.

Which voices play in a bar is `active_voices`' matter; here a drum part becomes timpani and taiko, a harmony a
choir's pad, a melody flute and violins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from dsl.plan import RoleName
from engine.arrange.active_voices import ActiveVoices
from engine.arrange.counterpoint import HeldNotes
from engine.arrange.crossing import LOW_MELODY, Line
from engine.arrange.draft import CueDraft, Draft
from engine.arrange.registers import fold
from engine.arrange.voicing import Voicing, best_voicing, onset_groups
from engine.music.instruments import instrument, playable, unison_is_written
from engine.music.voices import Voice

LOW_STROKES = frozenset({35, 36, 41, 43, 45, 47})
HIGH_STROKES = frozenset({48, 50})
DOUBLING_SOFTER = 5.0
PAD_SOFTER = 6.0


@dataclass(frozen=True, slots=True)
class Part:
    """Where a played note belongs: one instrument in one role. A doubling can be spared."""

    role: RoleName
    label: str
    program: int
    is_drum: bool
    gain_db: float
    pan: float
    doubling: bool = False


@dataclass(slots=True)
class Played:
    """A note as an instrument plays it; `beat` counts from the cue's start, times from the score's."""

    pitch: int
    velocity: int
    beat: float
    beats: float
    start_s: float
    end_s: float


def add_pads(draft: CueDraft, active: ActiveVoices) -> None:
    """Writes the harmony as held chords where an active voice holds them, in place, without the tones that
    would rub against what other parts hold; once a bar at the least.
    """
    pads: list[Draft] = []
    previous: Voicing = ()
    melody, sounding = Line(draft.of("melody")), HeldNotes(draft)
    bar_lines = [bar.beat for bar in draft.bars[2::2]]
    for chord in draft.harmony:
        edges = [chord.beat, *(b for b in bar_lines if chord.beat < b < chord.end_beat), chord.end_beat]
        for beat, end in pairwise(edges):
            t_s = draft.clock.second(beat)
            bar = draft.clock.bar_at(beat).index
            if not any(voice.takes == "pad" for voice in active.voices("chords", t_s, bar, accent=True)):
                continue
            tones = tuple(sorted(chord.tones))
            roof = melody.lowest(Draft("chords", beat, end - beat, 0, 0.0))
            if previous[-1:] > (roof,) or tones != tuple(sorted({pitch % 12 for pitch in previous})):
                previous = best_voicing(tones, previous, 62.0, 40, roof, len(tones))
            foreign = sounding.foreign(chord, beat, end)
            pads += [
                Draft("chords", beat, end - beat, pitch, 64.0 - PAD_SOFTER, pad=True)
                for pitch in _under(previous, roof)
                if not foreign & {(pitch + 1) % 12, (pitch - 1) % 12}
            ]
    draft.notes += pads


def _under(voicing: Voicing, roof: int) -> Voicing:
    """A voicing's notes, those above the melody an octave lower, or left out where they are there already. A
    low melody has no room under it."""
    if roof < LOW_MELODY:
        return voicing
    return tuple(sorted({pitch - 12 * max(0, -(-(pitch - roof) // 12)) for pitch in voicing}))


def deal(draft: CueDraft, active: ActiveVoices) -> dict[Part, list[Played]]:
    """Every note of the cue on its instruments."""
    parts: dict[Part, list[Played]] = {}
    tops, bottoms = _edges(draft, 1), _edges(draft, -1)
    melody = Line(draft.of("melody"))
    for note in draft.notes:
        bar = draft.clock.bar_at(note.beat)
        voices = active.voices(note.role, note.start_s, bar.index, note.accent)
        palette = active.palette(note.start_s)
        lead = voices[0] if voices else None
        sounding: list[tuple[int, int]] = []
        for voice in voices:
            if not _takes(voice, note, tops, bottoms):
                continue
            pitch = _pitch_for(voice, note, draft, palette.drum_keys, is_lead=voice is lead)
            if pitch is None or (
                voice is not lead and not _doubles_well(voice, note, pitch, sounding, melody.lowest(note))
            ):
                continue
            sounding.append((pitch, voice.program))
            loud = note.weight - (DOUBLING_SOFTER if voice is not lead and not note.accent else 0.0)
            is_drum = voice.takes == "kit"
            spare = voice.takes == "pad" or (voice.control == "energy" and voice.enters > 0.0)
            spare = spare or (note.role == "melody" and voice.octave > 0)
            gain = voice.gain_db + palette.gain_db
            part = Part(note.role, voice.label, voice.program, is_drum, gain, voice.pan, spare)
            velocity = int(min(max(round(loud), 1), 127))
            parts.setdefault(part, []).append(
                Played(pitch, velocity, note.beat, note.beats, note.start_s, note.end_s)
            )
    return parts


def _doubles_well(
    voice: Voice, note: Draft, pitch: int, sounding: list[tuple[int, int]], melody: int
) -> bool:
    """Whether a voice that does not lead may play a note: below the melody, and at a pitch that another
    instrument has already only as somebody would write it. `sounding` are (pitch, program) of the voices
    before it."""
    if note.role == "drums" or note.accent:
        return True
    if note.role != "melody" and pitch > (melody - (note.role == "bass")):
        return False
    return all(same != pitch or unison_is_written(program, voice.program) for same, program in sounding)


def _edges(draft: CueDraft, direction: int) -> set[int]:
    """Identities of the top (1) or bottom (−1) notes of each onset of the chords."""
    figure = [note for note in draft.of("chords") if not note.pad]
    return {id(max(group, key=lambda n: direction * n.pitch)) for group in onset_groups(figure)}


def _takes(voice: Voice, note: Draft, tops: set[int], bottoms: set[int]) -> bool:
    if voice.takes == "pad":
        return note.pad
    if note.pad:
        return False
    if voice.takes == "top":
        return note.role != "chords" or id(note) in tops
    if voice.takes == "bottom":
        return note.role != "chords" or id(note) in bottoms
    return True


def _pitch_for(
    voice: Voice, note: Draft, draft: CueDraft, drum_keys: Mapping[int, int], is_lead: bool
) -> int | None:
    """The pitch that a voice plays for a note, None where it leaves it out."""
    if note.role == "drums":
        return _drum_pitch(voice, note, draft, drum_keys)
    low, high = playable(voice.label, voice.program)
    pitch = note.pitch + 12 * voice.octave
    if low <= pitch <= high:
        return pitch
    # A doubling rests where it cannot follow; the leading instrument must not lose a note.
    if is_lead or note.accent or voice.takes == "pad":
        return fold(pitch, low, high)
    return None


def _drum_pitch(voice: Voice, note: Draft, draft: CueDraft, drum_keys: Mapping[int, int]) -> int | None:
    if voice.takes == "kit":
        key = drum_keys.get(note.pitch, note.pitch)
        return key if 27 <= key <= 87 else None
    if note.pitch not in LOW_STROKES and note.pitch not in HIGH_STROKES:
        return None
    harmony = draft.harmony_at(note.beat)
    root = harmony.root if harmony else draft.key_at(note.beat).tonic
    player = instrument(voice.program)
    tone = root + (7 if note.pitch in HIGH_STROKES else 0)
    return fold(36 + tone % 12, player.low, player.high)
