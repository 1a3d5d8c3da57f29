"""Freedoom: original game tracks for full band with drums (BSD). Roles by instrument and by how each track
moves."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from engine.errors import MediaError
from engine.train.music.data.midi import MidiFile, MidiTrack, bars_of, read_midi
from engine.train.music.data.piece import (
    ACCOMPANIMENT,
    BASS,
    COUNTER,
    DRUMS,
    MELODY,
    RawBar,
    RawPiece,
    Skipped,
)

TEACHES = ("epic", "chiptune", "orchestra", "ambient")
"""Styles that its pieces may teach; which of their phrases do says `engine.train.music.style_labels`."""


def pieces(root: Path) -> Iterator[RawPiece | Skipped]:
    """Every track of `root`/freedoom."""
    for path in sorted((root / "freedoom" / "musics").glob("*.mid")):
        name = f"freedoom/{path.stem}"
        try:
            file = read_midi(path)
        except MediaError as error:
            yield Skipped(name, "freedoom", str(error).split(": ", 1)[-1])
            continue
        yield _piece(name, file)


def _piece(name: str, file: MidiFile) -> RawPiece | Skipped:
    roles = band_roles(file.tracks)
    rows = [
        np.column_stack([track.notes, np.full((len(track.notes), 2), (role, part))])
        for part, (track, role) in enumerate(zip(file.tracks, roles, strict=True))
        if role is not None
    ]
    if not rows:
        return Skipped(name, "freedoom", "no notes")
    bars = tuple(RawBar(start, beats, meter) for start, beats, meter in bars_of(file))
    tempo = file.tempos[0][1] if file.tempos and abs(file.tempos[0][1] - 120) > 0.5 else float("nan")
    return RawPiece(name, name, "freedoom", TEACHES, np.concatenate(rows), bars, None, tempo)


def band_roles(tracks: tuple[MidiTrack, ...]) -> list[int | None]:
    """Drums by channel, bass by program or register, then the most melodic tracks; echoes of a track get
    none."""
    roles: list[int | None] = [None] * len(tracks)
    ranked: list[tuple[float, int]] = []
    seen: set[bytes] = set()
    for number, track in enumerate(tracks):
        pitches = track.notes[:, 2]
        print_of_track = pitches[:64].astype(np.int8).tobytes()
        if track.is_drum:
            roles[number] = DRUMS
        elif print_of_track in seen or track.program >= 112:
            roles[number] = None  # an echo, or sound effects and melodic toms
        elif 32 <= track.program <= 39 or pitches.mean() < 43:
            roles[number] = BASS
        else:
            roles[number] = ACCOMPANIMENT
            ranked.append((_melodiousness(track), number))
        seen.add(print_of_track)
    ranked.sort(reverse=True)
    for (score, number), role in zip(ranked, (MELODY, COUNTER), strict=False):
        if score > 0:
            roles[number] = role
    return roles


def _melodiousness(track: MidiTrack) -> float:
    """High for single lines of varied pitch in the singing register; negative for chords and drones."""
    onsets = np.unique(np.round(track.notes[:, 0] * 8))
    single = len(onsets) / len(track.notes)
    pitches = track.notes[:, 2]
    variety = min(len(np.unique(pitches)) / 8.0, 1.0)
    register = 1.0 - min(abs(float(pitches.mean()) - 70) / 24, 1.0)
    lead = 0.3 if track.program in (*range(40, 43), *range(56, 88)) else 0.0
    coverage = min(len(onsets) / 100.0, 1.0)
    return (single - 0.7) * 2 + variety + register + lead + coverage - 1.5
