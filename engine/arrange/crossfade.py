"""A true crossfade: both cues sound at once over the asked time, one fading out while the other fades in.

Half of the time lies before the boundary, half after it. The coming cue's first chord is there early, held
and soft; the going cue's last sonority stays (`engine.arrange.handover`). Tracks that only one of the two
plays are faded by MIDI expression (controller 11); what both play fades by velocity alone.
"""

from collections.abc import Sequence
from itertools import pairwise

from engine.arrange.draft import CueDraft, Draft
from engine.arrange.orchestration import Part, Played
from engine.music.theory import scale_mask

CROSSFADE_S = 2.0
EARLY_LEVEL = 0.4
"""Loudness of the chord that comes early, against the same chord in its own place."""
SILENT_CC, FULL_CC = 24, 127
STEP_S = 0.08
NEAR_S = 0.05
LEAST_S = 0.2

Place = tuple[str, str, int, bool]
Ramp = list[tuple[float, int]]


def length_of(going: CueDraft, coming: CueDraft) -> float:
    """Seconds of the crossfade between two cues; 0 where there is none or where they do not meet."""
    transition = going.cue.transition
    blocked = going.cue.loop or coming.cue.loop or bool(going.cue.freeze) or bool(coming.cue.freeze)
    if transition.kind != "crossfade" or blocked:
        return 0.0
    if abs(coming.clock.start_s - going.clock.end_s) > NEAR_S:
        return 0.0
    spans = (draft.clock.end_s - draft.clock.start_s for draft in (going, coming))
    length = min(transition.duration_s or CROSSFADE_S, *spans)
    return length if length >= LEAST_S else 0.0


def enter_early(going: CueDraft, coming: CueDraft, length: float) -> None:
    """Adds the coming cue's first chord, held from half the crossfade before its start, in place: those tones
    that the going cue's key has."""
    boundary = coming.clock.start_s
    start = boundary - length / 2
    chord = [note for note in coming.of("chords") if note.beat < 1.0 and not note.accent]
    if not chord:
        return
    first = min(note.beat for note in chord)
    opening = [note for note in chord if note.beat < first + 0.01]
    key = going.key_at(going.clock.beats - 0.01)
    mask = scale_mask(key.mode)
    beat = float(going.clock.beat_at(start)) - going.clock.beats
    for note in opening:
        if not mask[(note.pitch - key.tonic) % 12]:
            continue
        early = Draft("chords", beat, -beat + note.beat, note.pitch, max(note.weight * EARLY_LEVEL, 1.0))
        early.start_s, early.end_s = start, max(note.start_s, start + 0.05)
        early.pad = note.pad
        coming.notes.append(early)


def ramps(drafts: Sequence[CueDraft], parts: Sequence[dict[Part, list[Played]]]) -> dict[Place, Ramp]:
    """Expression of the tracks that fade, as (time, controller value) in order of time."""
    found: dict[Place, Ramp] = {}
    for (going, going_parts), (coming, coming_parts) in pairwise(zip(drafts, parts, strict=True)):
        length = length_of(going, coming)
        if not length:
            continue
        start, end = going.clock.end_s - length / 2, going.clock.end_s + length / 2
        old, new = (_sounding(each, start, end) for each in (going_parts, coming_parts))
        for place in sorted(old - new):
            ramp = found.setdefault(place, [])
            ramp += _ramp(start, end, FULL_CC, SILENT_CC)
            ramp.append((end + NEAR_S, FULL_CC))
        for place in sorted(new - old):
            ramp = found.setdefault(place, [])
            ramp.append((max(start - NEAR_S, 0.0), SILENT_CC))
            ramp += _ramp(start, end, SILENT_CC, FULL_CC)
    return {place: sorted(ramp) for place, ramp in found.items()}


def place_of(part: Part) -> Place:
    """What tells a track from others in the finished score."""
    return part.role, part.label, part.program, part.is_drum


def _sounding(parts: dict[Part, list[Played]], start: float, end: float) -> set[Place]:
    return {
        place_of(part)
        for part, notes in parts.items()
        if any(note.start_s < end and note.end_s > start for note in notes)
    }


def _ramp(start: float, end: float, first: int, last: int) -> Ramp:
    steps = max(round((end - start) / STEP_S), 2)
    return [
        (start + (end - start) * k / steps, round(first + (last - first) * k / steps))
        for k in range(steps + 1)
    ]
