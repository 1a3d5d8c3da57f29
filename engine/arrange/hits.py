"""Hits: an accent exactly when the script asks, on every role, wherever in the bar that falls.

Where the tempo map brought the hit to a grid step, the accent is that step; where it could not, the accent
stands at the exact time off the grid. Notes that would flam against it are drawn to it; nothing expressive
moves it.
"""

from bisect import bisect_left
from dataclasses import replace

from dsl.plan import Plan
from engine.arrange.draft import CueDraft, Draft, without
from engine.arrange.dynamics import VELOCITY_FLOOR, VELOCITY_SPAN
from engine.arrange.ending import chord_across, tonic_harmony
from engine.music.voices import CRASH, KICK

ON_GRID_S = 0.001
PULL_S = 0.075
"""Notes within this of a hit sound with it: nearer they would be heard as a flam, not as music."""
HIT_BEATS = 1.5
WEIGHT_OVER = 30.0
LEAST_WEIGHT = 84.0
EDGE_S = 0.02
"""A hit this near to a cue's end cannot sound there."""


def asked_hits(plan: Plan) -> list[float]:
    """Times of every hit that the plan asks for, ascending."""
    return sorted({event.t_s for cue in plan.cues for event in cue.events if event.kind == "hit"})


def hits_of(draft: CueDraft, asked: list[float]) -> list[float]:
    """The hits that this cue strikes. One at a cue's very end is the next one's."""
    first = bisect_left(asked, draft.clock.start_s - EDGE_S)
    return asked[first : bisect_left(asked, draft.clock.end_s - EDGE_S)]


def land(draft: CueDraft, hits: list[float]) -> None:
    """Writes every hit of the cue; called when each note has its time and its velocity."""
    for t_s in hits:
        _land_one(draft, t_s)


def _land_one(draft: CueDraft, t_s: float) -> None:
    beat = max(float(draft.clock.beat_at(t_s)), 0.0)
    step = round(beat * 4) / 4
    if abs(draft.clock.second(step) - t_s) < ON_GRID_S:
        beat, t_s = step, draft.clock.second(step)
    level = VELOCITY_FLOOR + VELOCITY_SPAN * draft.intent_at(beat).dynamics
    weight = min(max(level + WEIGHT_OVER, LEAST_WEIGHT), 124.0)
    near = [note for note in draft.notes if abs(note.start_s - t_s) < PULL_S]
    # A final chord that is there already is the accent; so are themes, drums and held harmony.
    stays = [
        note for note in near if note.accent or note.final or note.pad or note.role not in ("chords", "bass")
    ]
    draft.notes = without(draft.notes, without(near, stays))
    for note in stays:
        _pull(note, beat, t_s, max(note.weight, weight))
    have = {note.role for note in stays if not note.pad}
    cut_ends = {"chords": beat, "bass": beat}
    struck: list[Draft] = []
    for note in draft.notes:
        makes_way = note.role in ("chords", "bass") or (note.role == "melody" and "melody" not in have)
        if makes_way and note.start_s < t_s - 1e-6 < note.end_s:
            # What was sounding is cut: the accent is struck, not smeared, and goes on in its place.
            if note.pad:
                again = replace(note, beats=max(note.end_beat - beat, 0.1))
                _pull(again, beat, t_s, weight)
                struck.append(again)
            else:
                cut_ends[note.role] = max(cut_ends.get(note.role, beat), note.end_beat)
            note.end_s = t_s
            note.beats = max(beat - note.beat, 0.01)
    # Just before a change of harmony the accent belongs to the new chord, whose notes are drawn to it.
    ahead = float(draft.clock.beat_at(t_s + PULL_S))
    chord = draft.harmony_at(ahead) or tonic_harmony(draft, beat)
    added = [note for note in chord_across(draft, chord, beat, HIT_BEATS, weight) if note.role not in have]
    added += [Draft("drums", beat, 0.5, key, weight) for key in (KICK, CRASH)]
    for note in added:
        _pull(note, beat, t_s, weight)
        if note.role != "drums":
            end = min(
                max(beat + HIT_BEATS, cut_ends.get(note.role, beat)), chord.end_beat + 1.0, draft.clock.beats
            )
            note.beats = max(end - beat, 0.1)
        end_s = min(draft.clock.second(note.end_beat), _next_onset(draft, note, t_s))
        note.end_s = max(end_s, t_s + 0.05)
    draft.notes += struck + added


def _pull(note: Draft, beat: float, t_s: float, weight: float) -> None:
    note.end_s = max(note.end_s, t_s + 0.1)
    note.beat, note.start_s, note.weight = beat, t_s, weight
    note.pinned = note.accent = True


def _next_onset(draft: CueDraft, added: Draft, t_s: float) -> float:
    """When the role's line goes on: its melody and bass sing one note at a time."""
    if added.role not in ("melody", "bass"):
        return float("inf")
    later = [
        note.start_s for note in draft.notes if note.role == added.role and note.start_s > t_s + PULL_S / 2
    ]
    return min(later, default=float("inf"))
