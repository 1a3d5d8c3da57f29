"""POP909 in its corrected edition (POP909-CL): beats, keys and chords from there, roles from the original's
tracks.

The corrected files merge melody, bridge and piano into one track. Notes keep pitch and velocity, so the
original tells which is which. About a third of the songs begin off the bar; the phase with most chord changes
on bar starts is taken.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.errors import MediaError
from engine.music.theory import QUALITIES, match_chord
from engine.train.music.data.midi import MidiFile, read_midi
from engine.train.music.data.piece import (
    ACCOMPANIMENT,
    COUNTER,
    KEYBOARD,
    MELODY,
    RawBar,
    RawChord,
    RawPiece,
    Skipped,
    regular_bars,
)

TEACHES = ("piano", "strings", "noir", "ambient", "epic")
"""Styles that its pieces may teach; which of their phrases do says `engine.train.music.style_labels`."""
_ROLE = {"MELODY": MELODY, "BRIDGE": COUNTER, "PIANO": ACCOMPANIMENT}
_NAMES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def key_number(name: str) -> int:
    """A MIDI key signature name such as "F#m" → 0–11 major, 12–23 minor."""
    tonic = _NAMES[name[0]] + name.count("#") - name[1:].count("b")
    return tonic % 12 + (12 if name.endswith("m") else 0)


def pieces(root: Path) -> Iterator[RawPiece | Skipped]:
    """Every song of `root`/pop909_cl, roles by `root`/pop909."""
    for path in sorted((root / "pop909_cl" / "POP909_processed").glob("*.mid")):
        yield read_song(path, root / "pop909" / "POP909" / path.stem / path.name)


def read_song(path: Path, original: Path) -> RawPiece | Skipped:
    """One song; without a matching original its roles come from the texture."""
    name = f"pop909_cl/{path.stem}"
    try:
        file = read_midi(path)
    except MediaError as error:
        return Skipped(name, "pop909", str(error).split(": ", 1)[-1])
    if len(file.tracks) < 2:
        return Skipped(name, "pop909", "no chord track")
    song, chord_track = file.tracks[0].notes, file.tracks[-1].notes
    chords = read_chords(chord_track)
    if len(file.meters) > 1 and any(m[1:] != (4, 4) for m in file.meters):
        return Skipped(name, "pop909", "changing metre")
    numerator, denominator = file.meters[0][1:] if file.meters else (4, 4)
    beats = numerator * 4.0 / denominator
    phase = chord_phase(np.array([chord.start for chord in chords]), beats)
    roles = np.full(len(song), float(KEYBOARD))
    remarks: tuple[str, ...] = ()
    try:
        roles, matched = match_roles(song, read_midi(original))
        remarks = () if matched > 0.8 else ("roles by texture",)
        if matched <= 0.8:
            roles = np.full(len(song), float(KEYBOARD))
    except MediaError:
        remarks = ("roles by texture",)
    first = phase - beats if phase > 0 else 0.0
    keys = [(beat, key_number(key)) for beat, key in file.keys] or [(0.0, -1)]
    bars = tuple(
        RawBar(bar.start, bar.beats, bar.meter, key=_key_at(keys, bar.start + 0.01))
        for bar in regular_bars(first, file.end, beats, (numerator, denominator))
    )
    notes = np.column_stack([song, roles, np.zeros(len(song))])
    return RawPiece(name, f"pop909/{path.stem}", "pop909", TEACHES, notes, bars, chords, remarks=remarks)


def _key_at(keys: list[tuple[float, int]], beat: float) -> int:
    return [key for at, key in keys if at <= max(beat, keys[0][0])][-1]


def read_chords(track: npt.NDArray[np.float64]) -> tuple[RawChord, ...]:
    """Blocks of notes that start together, as chords."""
    chords = []
    for start, block in groupby(track.tolist(), key=lambda note: round(note[0], 3)):
        notes = list(block)
        bass = int(min(note[2] for note in notes)) % 12
        root, quality = match_chord(frozenset(int(note[2]) % 12 for note in notes), bass)
        end = max(note[0] + note[1] for note in notes)
        chords.append(RawChord(start, end, root, QUALITIES.index(quality), bass))
    return tuple(chords)


def chord_phase(starts: npt.NDArray[np.float64], beats: float) -> float:
    """The beat 0 … beats − 1 at which bars begin, by where chords change; the file's own unless another is
    clearly better."""
    if not len(starts):
        return 0.0
    hits = [
        float((np.abs((starts - phase + beats / 2) % beats - beats / 2) < 0.2).mean())
        for phase in range(int(beats))
    ]
    best = int(np.argmax(hits))
    return float(best) if hits[best] > hits[0] + 0.05 else 0.0


def match_roles(song: npt.NDArray[np.float64], original: MidiFile) -> tuple[npt.NDArray[np.float64], float]:
    """Role of each merged note [N] by the original's tracks, and the share that was found there.

    Times differ by an offset and at places by whole beats, so the k-th note of a pitch and velocity is looked
    for near the running offset.
    """
    tracks = [track for track in original.tracks if track.name.upper() in _ROLE]
    if not tracks:
        return np.zeros(len(song)), 0.0
    source = np.concatenate(
        [np.column_stack([t.notes, np.full(len(t.notes), float(_ROLE[t.name.upper()]))]) for t in tracks]
    )
    source = source[np.argsort(source[:, 0], kind="stable")]
    waiting: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for start, _, pitch, velocity, role in source.tolist():
        waiting.setdefault((int(pitch), int(velocity)), []).append((start, role))
    offset = _common_offset(song, source)
    roles = np.full(len(song), float(ACCOMPANIMENT))
    found = 0
    for i in np.argsort(song[:, 0], kind="stable").tolist():
        start, _, pitch, velocity = song[i]
        choices = waiting.get((int(pitch), int(velocity)))
        if not choices:
            continue
        best = min(range(len(choices)), key=lambda k: abs(start + offset - choices[k][0]))
        if abs(start + offset - choices[best][0]) < 1.5:
            at, roles[i] = choices.pop(best)
            offset += 0.1 * (at - start - offset)
            found += 1
    return roles, found / max(len(song), 1)


def _common_offset(song: npt.NDArray[np.float64], source: npt.NDArray[np.float64]) -> float:
    """The most frequent start difference, original − merged, of notes alike in pitch and velocity."""
    by_note: dict[tuple[int, int], list[float]] = {}
    for start, pitch, velocity in source[:400, [0, 2, 3]].tolist():
        by_note.setdefault((int(pitch), int(velocity)), []).append(start)
    differences = [
        other - start
        for start, _, pitch, velocity in song[np.argsort(song[:, 0])][:200].tolist()
        for other in by_note.get((int(pitch), int(velocity)), [])
    ]
    if not differences:
        return 0.0
    rounded = np.round(np.array(differences) * 6).astype(np.int64)
    values, counts = np.unique(rounded, return_counts=True)
    return float(values[counts.argmax()]) / 6
