"""Short pieces beside a game's cues: stingers for hits and themes, and the bars that lead from a cue to
another.

They are made of what the cue has: its instruments, its key, its last bar. Nothing is composed anew, so
that the same score gives the same pieces.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil

from dsl.plan import Key, Transition
from engine.generate.request import STEPS_PER_BEAT, MotifPlacement
from engine.music.score import Note, Score, ScoreCue, Track
from engine.music.theme_key import ThemeNote, in_key
from engine.music.theory import Quality, chord_pitch_classes

RING_S = 2.5
"""How long a last chord rings before the next cue may come, at the least."""
STAB_S, BUTTON_S = 1.2, 0.35
LOUDER, LOUDEST = 12, 120
_KICK, _CRASH = 36, 49


@dataclass(frozen=True, slots=True)
class Phrase:
    """Notes on a cue's tracks from 0 s on. `length_s` is where the next thing may begin: a bar line for
    transitions, of which there are `bars`."""

    name: str
    tracks: tuple[Track, ...]
    length_s: float
    bars: int = 0


def tracks_of(score: Score, cue: ScoreCue) -> tuple[Track, ...]:
    """The cue's own notes by track, times on the score's clock; tracks without any are left out."""
    found = []
    for track in score.tracks:
        own = [note for note in track.notes if cue.start_beat - 1e-6 <= note.start_beat < cue.end_beat - 1e-6]
        if own:
            found.append(replace(track, notes=tuple(own), expression=()))
    return tuple(found)


def hit_stinger(name: str, key: Key, tracks: Sequence[Track]) -> Phrase | None:
    """An accent: the key's own chord on everybody who plays in the cue; None where nobody does."""
    chord = _chord(tracks, key.tonic, _tonic_quality(key), STAB_S)
    return Phrase(name, chord, STAB_S) if chord else None


def motif_stinger(theme: MotifPlacement, key: Key, tracks: Sequence[Track], bpm: float) -> Phrase | None:
    """A theme alone, in the key unless it is `exact`, on the instrument of the cue's tune at `bpm`; None
    where nobody plays or the theme has no notes."""
    notes = theme.notes if theme.exact or not theme.notes else in_key(theme.notes, key)
    pitched = [track for track in tracks if not track.is_drum]
    if not notes or not pitched:
        return None
    player = max(pitched, key=lambda track: (track.role == "melody", len(track.notes)))
    step_s = 60.0 / bpm / STEPS_PER_BEAT
    loudness = min(max(_loudness(player) + LOUDER // 2, 1), 127)
    played = tuple(
        _note(note.pitch, loudness, note.start * step_s, (note.start + note.steps) * step_s) for note in notes
    )
    length_s = max(note.end_s for note in played)
    return Phrase(theme.name, (replace(player, notes=played),), length_s)


def drawn_theme(name: str, score: Score) -> tuple[ThemeNote, ...]:
    """A theme that is drawn by seed has no notes of its own: those of the tune where it is first heard, with
    its times counted from there; none where it is heard nowhere."""
    for cue in score.cues:
        for theme in cue.themes:
            if theme.name != name:
                continue
            bar = (cue.end_beat - cue.start_beat) / max(_bars(score, cue), 1)
            first = cue.start_beat + (theme.bar - 1) * bar
            tune = next((t for t in tracks_of(score, cue) if t.role == "melody"), None)
            notes = (
                [n for n in tune.notes if first - 1e-6 <= n.start_beat < first + theme.bars * bar]
                if tune
                else []
            )
            if notes:
                begin = notes[0].start_beat
                return tuple(
                    ThemeNote(
                        (n.start_beat - begin) * STEPS_PER_BEAT, n.beats * STEPS_PER_BEAT, n.pitch, n.velocity
                    )
                    for n in notes
                )
    return ()


def transition_phrase(
    transition: Transition,
    name: str,
    key: Key,
    target: Key,
    tracks: Sequence[Track],
    last_bar: tuple[float, float],
) -> Phrase | None:
    """The bars that lead from a cue in `key` to its target's, in the cue's tempo and on its instruments; None
    where the kind needs none, or nobody plays. `last_bar` is when the cue's last bar begins and ends, on the
    clock of `tracks`.

    segue: the last bar again, on the chord that leads to the target's key. ring-out: the cue's own chord,
    held and left to ring. button: the same chord, short.
    """
    bar_s = last_bar[1] - last_bar[0]
    if transition.kind == "segue":
        found = _led(tracks, last_bar, target)
        return Phrase(name, found, bar_s, 1) if found else None
    if transition.kind not in ("ring-out", "button"):
        return None
    bars = max(1, ceil(RING_S / bar_s - 1e-6)) if transition.kind == "ring-out" else 1
    length_s = bars * bar_s
    sounds_s = length_s if transition.kind == "ring-out" else min(BUTTON_S, bar_s)
    chord = _chord(tracks, key.tonic, _tonic_quality(key), sounds_s)
    return Phrase(name, chord, length_s, bars) if chord else None


def crossfade_s(transition: Transition, bar_s: float) -> float:
    """How long a crossfade lasts where a bar takes `bar_s` seconds: bars are bars at whatever tempo; 0 for
    the other kinds."""
    if transition.kind != "crossfade":
        return 0.0
    return transition.bars * bar_s if transition.bars else transition.duration_s


def bars_led(transition: Transition, bar_s: float) -> int:
    """How many bars a transition without a file of its own takes: those of a crossfade."""
    length_s = crossfade_s(transition, bar_s)
    return max(1, ceil(length_s / bar_s - 1e-6)) if transition.kind == "crossfade" else 0


# ----------------------------------------------------------------------------------------------- chords


def _chord(tracks: Sequence[Track], root: int, quality: Quality, length_s: float) -> tuple[Track, ...]:
    """A chord at 0 s on every track, each where it plays in the cue; drums get a kick and a cymbal."""
    tones = sorted(chord_pitch_classes(root, quality))
    found = []
    for track in tracks:
        loudness = min(max(_loudness(track) + LOUDER, 1), LOUDEST)
        if track.is_drum:
            pitches: list[int] = [_KICK, _CRASH]
        else:
            middle = sum(note.pitch for note in track.notes) / len(track.notes)
            pitches = _voiced(track, tones, root, middle)
        notes = tuple(_note(pitch, loudness, 0.0, length_s) for pitch in pitches)
        found.append(replace(track, notes=notes))
    return tuple(found)


def _voiced(track: Track, tones: Sequence[int], root: int, middle: float) -> list[int]:
    """What a track plays of a chord: the root in the bass, a tone in a line, all of it where chords are
    played."""
    if track.role == "bass":
        return [_near(root, middle)]
    if track.role != "chords":
        return [_nearest(tones, middle)]
    return sorted({_near(tone, middle) for tone in tones})


def _led(tracks: Sequence[Track], bar: tuple[float, float], key: Key) -> tuple[Track, ...]:
    """The notes of a bar moved onto the dominant seventh of a key, the rhythm kept; drums as they are."""
    root = (key.tonic + 7) % 12
    tones = sorted(chord_pitch_classes(root, "7"))
    found = []
    for track in tracks:
        notes = [note for note in track.notes if bar[0] - 0.06 <= note.start_s < bar[1] - 0.06]
        moved = {}
        for note in notes:
            start_s = max(0.0, note.start_s - bar[0])
            end_s = max(min(note.end_s, bar[1]) - bar[0], start_s + 0.02)
            pitch = note.pitch
            if not track.is_drum:
                pitch = _nearest([root] if track.role == "bass" else tones, pitch)
            moved[round(start_s, 4), pitch] = _note(pitch, note.velocity, start_s, end_s)
        if moved:
            found.append(replace(track, notes=tuple(moved.values())))
    return tuple(found)


def _tonic_quality(key: Key) -> Quality:
    return "maj" if key.mode == "major" else "min"


def _nearest(tones: Sequence[int], reference: float) -> int:
    """The pitch nearest to a reference of which the class is one of `tones`."""
    return min((_near(tone, reference) for tone in tones), key=lambda pitch: abs(pitch - reference))


def _near(pitch_class: int, reference: float) -> int:
    """The pitch of a class nearest to a reference, within MIDI's range."""
    at = round(reference)
    pitch = at + (pitch_class - at + 6) % 12 - 6
    return pitch + 12 * ((pitch < 0) - (pitch > 127))


def _loudness(track: Track) -> int:
    return round(sum(note.velocity for note in track.notes) / len(track.notes))


def _note(pitch: int, velocity: int, start_s: float, end_s: float) -> Note:
    return Note(pitch, velocity, 2 * start_s, 2 * (end_s - start_s), start_s, end_s)


def _bars(score: Score, cue: ScoreCue) -> int:
    """A cue's bars by its first metre."""
    meter = next((m.meter for m in reversed(score.meters) if m.beat <= cue.start_beat + 1e-6), None)
    beats = meter.beats_per_bar if meter else 4.0
    return round((cue.end_beat - cue.start_beat) / beats)


def in_a_row(score: Score, phrases: Iterable[Phrase], gap_s: float) -> tuple[Score, tuple[float, ...]]:
    """A score that plays phrases one after another, each with `gap_s` to ring in, and when each begins."""
    starts: list[float] = []
    joined: dict[str, Track] = {}
    at_s = 0.0
    for phrase in phrases:
        starts.append(at_s)
        for track in phrase.tracks:
            notes = tuple(_note(n.pitch, n.velocity, n.start_s + at_s, n.end_s + at_s) for n in track.notes)
            before = joined.get(track.name, replace(track, notes=(), expression=()))
            joined[track.name] = replace(before, notes=before.notes + notes)
        sounds_s = max([phrase.length_s, *(n.end_s for track in phrase.tracks for n in track.notes)])
        at_s += sounds_s + gap_s
    bare = Score(score.title, None, at_s, tuple(joined.values()), (), (), (), (), (), ())
    return bare, tuple(starts)
