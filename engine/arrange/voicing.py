"""Where chords lie: smooth voice leading, wide and sparse below, close above, never under the bass.

Block chords are revoiced as a choir would sing them; broken chords keep their figure and are only lifted
where they would growl. Rules after Huron (2001, *Tone and Voice*): common tones stay, parts move by the
least, low intervals are wide.
"""

from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise

import numpy as np

from engine.arrange.active_voices import ActiveVoices
from engine.arrange.draft import CueDraft, Draft

CHORD_LOW, CHORD_HIGH = 43, 84
"""Where chords sit when the instrument leaves the choice."""
MUD_LIMIT = 48
"""Below C3 nothing nearer than a fifth sounds clear."""

PITCHES = np.arange(128)

Voicing = tuple[int, ...]


def voice_chords(draft: CueDraft, active: ActiveVoices) -> None:
    """Revoices block chords of three notes or more and lifts broken ones off the bass, within the range of
    the instrument that leads the chords."""
    bass = draft.of("bass")
    melody = draft.of("melody")
    bass_beats, melody_beats = [n.beat for n in bass], [n.beat for n in melody]
    previous: Voicing = ()
    remembered: dict[tuple[object, ...], Voicing] = {}
    for group in onset_groups(draft.of("chords")):
        beat = group[0].beat
        floor = _sounding(bass, bass_beats, beat, group[0].end_beat)
        roof = _sounding(melody, melody_beats, beat, beat + 0.01)
        low, high = active.range_at(draft.clock, "chords", beat)
        span = (max(low, CHORD_LOW), max(min(high, CHORD_HIGH), max(low, CHORD_LOW) + 12))
        if len(group) < 3:
            for note in group:
                while note.pitch <= floor or note.pitch < span[0]:
                    note.pitch += 12
            continue
        classes = tuple(sorted({note.pitch % 12 for note in group}))
        centre = sum(note.pitch for note in group) / len(group)
        question = (classes, previous, floor, roof, span, round(centre / 3), len(group))
        if question not in remembered:
            remembered[question] = best_voicing(
                classes, previous, centre, floor, roof or 127, len(group), span
            )
        previous = remembered[question]
        _assign(group, previous)
    draft.notes = [note for note in draft.notes if note.beats > 0.0]


def onset_groups(notes: list[Draft]) -> list[list[Draft]]:
    """Notes that begin together, in order of time."""
    groups: list[list[Draft]] = []
    for note in notes:
        if groups and abs(groups[-1][0].beat - note.beat) < 1e-6:
            groups[-1].append(note)
        else:
            groups.append([note])
    return groups


def _sounding(line: list[Draft], beats: list[float], beat: float, until: float) -> int:
    """Highest pitch of a one-voice line from `beat` to `until`, 0 where it is silent."""
    at = bisect_right(beats, beat + 1e-6) - 1
    highest = line[at].pitch if at >= 0 and line[at].end_beat > beat + 1e-6 else 0
    for note in line[at + 1 : at + 5]:
        if note.beat >= until - 1e-6:
            break
        highest = max(highest, note.pitch)
    return highest


def best_voicing(
    classes: Voicing,
    previous: Voicing,
    centre: float,
    floor: int,
    roof: int,
    size: int,
    span: tuple[int, int] = (CHORD_LOW, CHORD_HIGH),
) -> Voicing:
    """The placing of these pitch classes (ascending pitches) that moves least from `previous` and sits well.

    `floor` is the bass note under it, `roof` the melody note above, `size` how many notes were written:
    with more notes than classes the lowest one is doubled above.
    """
    low, high = span[0], max(span[1] - 8, span[0] + 12)
    unease = np.where(floor >= PITCHES, 8.0, 0.0) + np.where(roof <= PITCHES, 6.0, 0.0)
    if previous:
        unease += np.abs(PITCHES[:, None] - np.array(previous)).min(axis=1)
    cost_of = unease.tolist()
    best: tuple[float, Voicing] = (float("inf"), classes)
    for voicing, mean, mud in _candidates(classes, min(size, len(classes) + 1), low, high):
        top = voicing[-1]
        cost = mud + abs(mean - centre) * 0.8 + 4.0 * max(0, top - span[1])
        # The rest is never negative: what is worse by its place alone needs no closer look.
        if cost >= best[0]:
            continue
        cost += sum(cost_of[pitch] for pitch in voicing)
        if previous:
            cost += 0.7 * abs(top - previous[-1])
        if cost < best[0]:
            best = (cost, voicing)
    return best[1]


@lru_cache(maxsize=4096)
def _candidates(classes: Voicing, size: int, low: int, high: int) -> tuple[tuple[Voicing, float, float], ...]:
    """Every placing with its lowest note in low…high: (pitches, their mean, how muddy they are)."""
    found = []
    for turn in range(len(classes)):
        order = classes[turn:] + classes[:turn]
        for start in range(low + (order[0] - low) % 12, high, 12):
            for voicing in _spreads(_stack(order, start), size, low):
                if voicing[-1] <= 127:
                    found.append((voicing, sum(voicing) / len(voicing), _muddiness(voicing)))
    return tuple(found)


def _stack(order: Voicing, start: int) -> Voicing:
    pitches = [start]
    for pitch_class in order[1:]:
        pitches.append(pitches[-1] + (pitch_class - pitches[-1]) % 12)
    return tuple(pitches)


def _spreads(close: Voicing, size: int, low: int) -> list[Voicing]:
    """Close position, the same with its lowest note doubled above, and drop-2."""
    found = [(*close, close[0] + 12) if size > len(close) else close]
    if len(close) >= 3:
        dropped = close[-2] - 12
        if dropped >= low:
            found.append(tuple(sorted((*close[:-2], dropped, close[-1]))))
    return found


def _muddiness(voicing: Voicing) -> float:
    """Close intervals below `MUD_LIMIT`, counted."""
    if voicing[0] >= MUD_LIMIT:
        return 0.0
    return sum(3.0 for low, high in pairwise(voicing) if low < MUD_LIMIT and high - low < 7)


def _assign(group: list[Draft], voicing: Voicing) -> None:
    """Gives the voicing's pitches to the notes of an onset from the bottom up; notes too many are dropped."""
    group.sort(key=lambda note: note.pitch)
    for note, pitch in zip(group, voicing, strict=False):
        note.pitch = pitch
    for note in group[len(voicing) :]:
        note.beats = 0.0
