"""How cues meet, and where there is no music at all: silences, fades, rings and seams.

A cue's notes end with it unless its transition lets them ring into the next; `@silence` cuts everything
that sounds.
"""

from dsl.plan import Plan
from engine.arrange.crossfade import enter_early, length_of
from engine.arrange.draft import CueDraft, Draft
from engine.music.theory import scale_mask

RING_S = 2.5
SEGUE_RING_BEATS, SEGUE_RING_S = 1.0, 1.0
"""How far the last notes of a cue reach into the next one where they belong to its first chord."""
FADED = 0.3
END_NEAR_S = 0.6
"""A note that ends this near to its cue's end (or sounds there) belongs to its last sonority."""
SHORTEST_S = 0.03


def silences(plan: Plan) -> list[tuple[float, float]]:
    """Every stretch without music, seconds."""
    events = (event for cue in plan.cues for event in cue.events if event.kind == "silence")
    return sorted((event.t_s, event.t_s + event.duration_s) for event in events if event.duration_s > 0)


def keep_silent(notes: list[Draft], quiet: list[tuple[float, float]]) -> list[Draft]:
    """The notes without those that begin in a silence, the others cut where one begins; hits stay, they
    were asked for.
    """
    sounding_until = max((note.end_s for note in notes), default=0.0)
    first = min((note.start_s for note in notes), default=0.0)
    for start, end in quiet:
        if end <= first or start >= sounding_until:
            continue
        kept: list[Draft] = []
        for note in notes:
            inside = start - 1e-6 <= note.start_s < end - 1e-6
            if inside and not (note.pinned and note.start_s > start + 1e-3):
                continue
            if note.start_s < start < note.end_s:
                note.end_s = start
            kept.append(note)
        notes = kept
    return [note for note in notes if note.end_s - note.start_s >= SHORTEST_S]


def hand_over(drafts: list[CueDraft], score_end_s: float) -> None:
    """Ends every cue's notes as its transition says, in place; all notes have their times and velocities."""
    for index, draft in enumerate(drafts):
        following = drafts[index + 1] if index + 1 < len(drafts) else None
        transition = draft.cue.transition
        end = draft.clock.end_s
        ring = 0.0
        fading = length_of(draft, following) if following is not None else 0.0
        if fading and following is not None:
            _fade(draft.notes, end - fading, end, 1.0, FADED)
            begin = following.clock.start_s
            _fade(following.notes, begin, begin + fading, FADED + 0.1, 1.0)
            enter_early(draft, following, fading)
            ring = fading / 2
        elif transition.kind == "segue" and following is not None and not draft.cue.loop:
            beat_s = following.clock.second(1.0) - following.clock.start_s
            ring = min(SEGUE_RING_BEATS * beat_s, SEGUE_RING_S)
        elif transition.kind == "ring-out" and not draft.cue.loop:
            ring = transition.duration_s or RING_S
        limit = min(end + ring, score_end_s)
        if following is not None:
            limit = min(limit, following.clock.end_s)
        _end_at(draft, end, max(limit, end), following)


def _fade(notes: list[Draft], start: float, end: float, first: float, last: float) -> None:
    for note in notes:
        if start <= note.start_s <= end and not note.pinned:
            place = (note.start_s - start) / max(end - start, 1e-6)
            note.weight = max(note.weight * (first + (last - first) * place), 1.0)


def _end_at(draft: CueDraft, end: float, limit: float, following: CueDraft | None) -> None:
    """Cuts notes at the cue's end; with room beyond it the last sonority rings there, where it suits the
    next key.
    """
    kept: list[Draft] = []
    for note in draft.notes:
        if note.start_s >= end - SHORTEST_S:
            continue
        rings = limit > end and note.role != "drums" and note.end_s > end - END_NEAR_S
        if rings and (following is None or _may_ring(note, draft, following)):
            note.end_s = limit
        else:
            note.end_s = min(note.end_s, end)
        kept.append(note)
    draft.notes = kept


def _may_ring(note: Draft, draft: CueDraft, following: CueDraft) -> bool:
    """A ring-out rings; a crossfade where the next key has the note; a segue where the next cue's first chord
    has it and the two meet, but not the bass, which would blur the new root."""
    kind = draft.cue.transition.kind
    if kind == "ring-out":
        return True
    if kind == "segue":
        chord = following.harmony_at(0.0)
        meets = abs(following.clock.start_s - draft.clock.end_s) < END_NEAR_S / 10
        return meets and note.role != "bass" and chord is not None and note.pitch % 12 in chord.tones
    return _suits(note, following)


def _suits(note: Draft, following: CueDraft) -> bool:
    key = following.key_at(0.0)
    return bool(scale_mask(key.mode)[(note.pitch - key.tonic) % 12])
