"""One thing about a finished cue changed, and nothing else: the same notes faster, higher, softer, shorter,
fewer, in the other mode.

Nothing is composed anew, so that what is heard before and after differs by this one thing. Every function
takes a score of one cue (`engine.teach.cue_score`) and gives another; what cannot be brought all the way to
the value asked is brought as far as it goes.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from dsl.plan import RoleName
from dsl.timing import time_at_beat
from engine.music.keys import key_named
from engine.music.score import Note, Score, Track
from engine.teach.cue_score import bar_lines_of, key_at, place_of, with_notes
from engine.teach.parameters import (
    ParameterName,
    grid,
    onsets_of,
    triad_at,
    value_of,
    written_s,
)

LEAST_SPLIT_BEATS: Final = 0.5
"""Shorter notes are not struck twice."""
_TO_MAJOR: Final = {3: 4, 8: 9, 10: 11}
_TO_MINOR: Final = {4: 3, 9: 8, 11: 10}
_DOMINANT_DEGREES: Final = (7, 11)


def altered(score: Score, name: ParameterName, value: float) -> Score:
    """The score of one cue with parameter `name` brought to `value` (in the units of `PARAMETERS`), as far as
    its notes allow."""
    return _ALTERATIONS[name](score, value)


def _mode(score: Score, value: float) -> Score:
    """Each note at the same degree of the parallel key: thirds, sixths and sevenths move. Minor keeps the
    leading tone over its dominants."""
    current = value_of(score, "mode")
    if current is None or (current > 0) == (value > 0):
        return score
    wanted = "major" if value > 0 else "minor"
    tracks = []
    for track in score.tracks:
        notes = track.notes if track.is_drum else tuple(_in_mode(score, note, wanted) for note in track.notes)
        tracks.append(replace(track, notes=notes))
    keys = tuple(replace(change, key=key_named(change.key.tonic, wanted)) for change in score.keys)
    cue = replace(score.cues[0], key=key_named(score.cues[0].key.tonic, wanted))
    # The chords as planned are those of the other mode; what they have become is not claimed.
    return replace(score, tracks=tuple(tracks), keys=keys, cues=(cue,), harmony=())


def _in_mode(score: Score, note: Note, wanted: str) -> Note:
    key = key_at(score, note.start_beat)
    if key.mode == wanted:
        return note
    degree = (note.pitch - key.tonic) % 12
    if wanted == "minor" and degree == 11 and _over_dominant(score, note.start_beat, key.tonic):
        return note
    moved = (_TO_MAJOR if wanted == "major" else _TO_MINOR).get(degree, degree)
    return replace(note, pitch=note.pitch + moved - degree)


def _over_dominant(score: Score, beat: float, tonic: int) -> bool:
    return any(
        span.beat - 1e-6 <= beat < span.end_beat - 1e-6 and (span.root - tonic) % 12 in _DOMINANT_DEGREES
        for span in score.harmony
    )


def _tempo(score: Score, value: float) -> Score:
    current = value_of(score, "tempo")
    return score if not current or value <= 0 else stretched(score, current / value)


def stretched(score: Score, factor: float) -> Score:
    """All times of a score of one cue multiplied by `factor` > 0; beats stay."""
    cue = score.cues[0]
    return replace(
        score,
        duration_s=score.duration_s * factor,
        tracks=tuple(
            replace(
                track,
                notes=tuple(
                    replace(n, start_s=n.start_s * factor, end_s=n.end_s * factor) for n in track.notes
                ),
                expression=tuple((t_s * factor, v) for t_s, v in track.expression),
            )
            for track in score.tracks
        ),
        tempo=tuple(replace(t, t_s=t.t_s * factor, bpm=t.bpm / factor) for t in score.tempo),
        meters=tuple(replace(m, t_s=m.t_s * factor) for m in score.meters),
        keys=tuple(replace(k, t_s=k.t_s * factor) for k in score.keys),
        cues=(replace(cue, start_s=cue.start_s * factor, end_s=cue.end_s * factor),),
    )


def _register(score: Score, value: float) -> Score:
    """Everything with a pitch moved by whole semitones; the key goes along."""
    current = value_of(score, "register")
    return score if current is None else transposed(score, round(value - current))


def transposed(score: Score, semitones: int) -> Score:
    """The score `semitones` higher, keys and chords with it; what would leave MIDI's range stays inside by
    octaves."""
    if semitones == 0:
        return score
    tracks = tuple(
        track
        if track.is_drum
        else replace(track, notes=tuple(replace(n, pitch=_inside(n.pitch + semitones)) for n in track.notes))
        for track in score.tracks
    )
    keys = tuple(
        replace(change, key=key_named(change.key.tonic + semitones, change.key.mode)) for change in score.keys
    )
    harmony = tuple(replace(span, root=(span.root + semitones) % 12) for span in score.harmony)
    cue = score.cues[0]
    cue = replace(cue, key=key_named(cue.key.tonic + semitones, cue.key.mode))
    return replace(score, tracks=tracks, keys=keys, harmony=harmony, cues=(cue,))


def _inside(pitch: int) -> int:
    while pitch > 127:
        pitch -= 12
    while pitch < 0:
        pitch += 12
    return pitch


def _dynamics(score: Score, value: float) -> Score:
    """Every velocity moved alike; what meets the ends of the scale stays there."""
    current = value_of(score, "dynamics")
    if current is None:
        return score
    by = round(value - current)
    return with_notes(
        score,
        (
            tuple(replace(n, velocity=min(max(n.velocity + by, 1), 127)) for n in track.notes)
            for track in score.tracks
        ),
    )


def _articulation(score: Score, value: float) -> Score:
    """Every note's sounding length multiplied alike, none beyond what it is written for."""
    for _ in range(3):  # notes that are held already do not grow: the others make up for them
        current = value_of(score, "articulation")
        if not current or abs(current - value) < 0.01:
            return score
        factor = value / current
        score = with_notes(
            score,
            (
                track.notes if track.is_drum else tuple(_lasting(score, note, factor) for note in track.notes)
                for track in score.tracks
            ),
        )
    return score


def _lasting(score: Score, note: Note, factor: float) -> Note:
    length = note.end_s - note.start_s
    longest = max(written_s(score, note) * 1.02, length if factor < 1 else 0.0)
    return replace(note, end_s=note.start_s + max(min(length * factor, longest), 0.03))


def _density(score: Score, value: float) -> Score:
    """Fewer onsets: those on weak places go, and the note before lasts on. More: long notes are struck
    twice."""
    current = value_of(score, "density")
    if not current:
        return score
    by_role = {role: round(len(own) * value / current) - len(own) for role, own in onsets_of(score).items()}
    for role, change in by_role.items():
        if change < 0:
            score = _thinned(score, role, -change)
        elif change > 0:
            score = _busier(score, role, change)
    return score


def _thinned(score: Score, role: RoleName, count: int) -> Score:
    """`count` onsets of a role fewer, from the weakest places on; what begins a bar stays."""
    bars = bar_lines_of(score)

    def strength(beat: float) -> int:
        _, place = place_of(bars, beat)
        offset = place - 1.0
        return 3 if offset < 1e-6 else 2 if offset % 1.0 < 1e-6 else 1 if offset % 0.5 < 1e-6 else 0

    onsets = sorted(onsets_of(score)[role])
    weak = [beat for beat in onsets[1:] if strength(beat) < 3]
    # Every other one of equal places first, so that no stretch is emptied.
    order = sorted(range(len(weak)), key=lambda n: (strength(weak[n]), n % 2 == 0, n))
    gone = {weak[n] for n in order[:count]}
    return _each_track(score, role, lambda track: _without(track, gone))


def _without(track: Track, gone: set[float]) -> tuple[Note, ...]:
    """A track's notes without those that begin at `gone`; the notes that end there last on instead."""
    groups: dict[float, list[Note]] = defaultdict(list)
    for note in track.notes:
        groups[grid(note.start_beat)].append(note)
    kept: list[list[Note]] = []
    for beat in sorted(groups):
        group = groups[beat]
        if beat not in gone:
            kept.append(group)
        elif kept:
            longest, end_s = max(n.beats for n in group), max(n.end_s for n in group)
            kept[-1] = [
                replace(n, beats=beat + longest - n.start_beat, end_s=max(end_s, n.end_s))
                if abs(n.start_beat + n.beats - beat) < 0.26
                else n
                for n in kept[-1]
            ]
    return tuple(sorted((n for group in kept for n in group), key=lambda n: (n.start_s, n.pitch)))


def _busier(score: Score, role: RoleName, count: int) -> Score:
    """`count` onsets of a role more, as far as its notes are long enough: the longest are struck twice."""
    for _ in range(4):  # notes that were halved may be halved again
        lengths: dict[float, float] = {}
        for track in score.tracks:
            for note in track.notes if track.role == role and not track.is_drum else ():
                at = grid(note.start_beat)
                lengths[at] = min(lengths.get(at, note.beats), note.beats)
        taken = set(lengths)
        free = [
            beat
            for beat, beats in lengths.items()
            if beats >= LEAST_SPLIT_BEATS and grid(beat + beats / 2) not in taken
        ]
        chosen = set(sorted(free, key=lambda beat: (-lengths[beat], beat))[:count])
        if not chosen:
            return score
        halved = score
        score = _each_track(score, role, lambda track: _split(halved, track, chosen))  # noqa: B023
        count -= len(chosen)
        if count <= 0:
            return score
    return score


def _split(score: Score, track: Track, chosen: set[float]) -> tuple[Note, ...]:
    notes: list[Note] = []
    for note in track.notes:
        if grid(note.start_beat) not in chosen:
            notes.append(note)
            continue
        half = note.beats / 2
        middle_s = (
            note.start_s
            + time_at_beat(score.tempo, note.start_beat + half)
            - time_at_beat(score.tempo, note.start_beat)
        )
        share = (note.end_s - note.start_s) / written_s(score, note)
        first_end = note.start_s + max(share * (middle_s - note.start_s), 0.03)
        notes.append(replace(note, beats=half, end_s=first_end))
        later = replace(note, start_beat=note.start_beat + half, beats=half, start_s=middle_s)
        notes.append(replace(later, end_s=max(note.end_s, middle_s + 0.03)))
    return tuple(sorted(notes, key=lambda n: (n.start_s, n.pitch)))


def _each_track(score: Score, role: RoleName, notes: Callable[[Track], tuple[Note, ...]]) -> Score:
    return with_notes(
        score,
        (notes(track) if track.role == role and not track.is_drum else track.notes for track in score.tracks),
    )


def _dissonance(score: Score, value: float) -> Score:
    """The longest tones outside their triads move to the nearest tone inside, until the share is down to
    `value`. More dissonance is not made."""
    outside: list[tuple[float, int, int]] = []
    total = 0.0
    for row, track in enumerate(score.tracks):
        for column, note in enumerate(() if track.is_drum else track.notes):
            triad = triad_at(score, note.start_beat)
            if triad is not None:
                length = note.end_s - note.start_s
                total += length
                if note.pitch % 12 not in triad:
                    outside.append((length, row, column))
    share = sum(length for length, _, _ in outside) / total if total else 0.0
    moved: dict[tuple[int, int], Note] = {}
    for length, row, column in sorted(outside, key=lambda one: (-one[0], one[1], one[2])):
        if share <= value:
            break
        note = score.tracks[row].notes[column]
        moved[row, column] = replace(
            note, pitch=_into(note.pitch, triad_at(score, note.start_beat) or frozenset())
        )
        share -= length / total
    return with_notes(
        score,
        (
            tuple(moved.get((row, column), note) for column, note in enumerate(track.notes))
            for row, track in enumerate(score.tracks)
        ),
    )


def _into(pitch: int, triad: frozenset[int]) -> int:
    """The nearest pitch of a triad, the lower of two."""
    return next((pitch + step for step in (-1, 1, -2, 2, -3, 3) if (pitch + step) % 12 in triad), pitch)


def _percussion(score: Score, value: float) -> Score:
    """Strokes left out evenly, down to `value` a quarter. None are added."""
    current = value_of(score, "percussion")
    if not current or value >= current:
        return score
    keep = value / current
    tracks = []
    for track in score.tracks:
        kept = [n for k, n in enumerate(track.notes) if int((k + 1) * keep) > int(k * keep)]
        tracks.append(tuple(kept) if track.is_drum else track.notes)
    return with_notes(score, tracks)


_ALTERATIONS: Final[dict[ParameterName, Callable[[Score, float], Score]]] = {
    "mode": _mode,
    "tempo": _tempo,
    "register": _register,
    "density": _density,
    "dynamics": _dynamics,
    "articulation": _articulation,
    "dissonance": _dissonance,
    "percussion": _percussion,
}
