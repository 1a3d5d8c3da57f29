"""Reads a MIDI file into tracks of notes in exact quarter beats. Broken files raise `MediaError` with the
reason."""

from dataclasses import dataclass
from pathlib import Path

import mido
import numpy as np
import numpy.typing as npt

from engine.errors import MediaError

MAX_NOTES = 60_000
MAX_BEATS = 20_000.0


@dataclass(frozen=True, slots=True)
class MidiTrack:
    """notes: float64 [N, 4] (start beat, beats, pitch, velocity), sorted by start then pitch."""

    name: str
    program: int
    is_drum: bool
    notes: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MidiFile:
    """Tracks with notes; `meters` and `keys` are (beat, …) in time order, keys as mido names ("F#m")."""

    tracks: tuple[MidiTrack, ...]
    meters: tuple[tuple[float, int, int], ...]
    keys: tuple[tuple[float, str], ...]
    tempos: tuple[tuple[float, float], ...]
    end: float


def read_midi(path: Path) -> MidiFile:
    """Every note of every track and channel. Raises MediaError for what is no MIDI file or beyond all
    measure."""
    try:
        source = mido.MidiFile(str(path), clip=True)
    except (OSError, EOFError, ValueError, KeyError, IndexError, TypeError) as error:
        raise MediaError(
            f"{path.name}: not a readable MIDI file ({error or type(error).__name__})"
        ) from error
    resolution = source.ticks_per_beat
    if resolution <= 0:
        raise MediaError(f"{path.name}: its time is not in beats")
    notes: dict[tuple[int, int], list[tuple[float, float, int, int]]] = {}
    names: dict[int, str] = {}
    programs: dict[tuple[int, int], int] = {}
    meters: list[tuple[float, int, int]] = []
    keys: list[tuple[float, str]] = []
    tempos: list[tuple[float, float]] = []
    count = 0
    for number, track in enumerate(source.tracks):
        tick = 0
        open_notes: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for message in track:
            tick += message.time
            kind = message.type
            if kind == "note_on" and message.velocity > 0:
                open_notes.setdefault((message.channel, message.note), []).append((tick, message.velocity))
            elif kind in ("note_off", "note_on"):
                waiting = open_notes.get((message.channel, message.note))
                if waiting:
                    begun, velocity = waiting.pop(0)
                    if tick > begun:
                        beats = (tick - begun) / resolution
                        entry = (begun / resolution, beats, message.note, velocity)
                        notes.setdefault((number, message.channel), []).append(entry)
                        count += 1
            elif kind == "program_change":
                programs.setdefault((number, message.channel), message.program)
            elif kind == "track_name":
                names[number] = message.name.strip()
            elif kind == "time_signature":
                meters.append((tick / resolution, message.numerator, message.denominator))
            elif kind == "key_signature":
                keys.append((tick / resolution, message.key))
            elif kind == "set_tempo":
                tempos.append((tick / resolution, 60e6 / max(message.tempo, 1)))
            if count > MAX_NOTES:
                raise MediaError(f"{path.name}: more than {MAX_NOTES} notes")
    if not notes:
        raise MediaError(f"{path.name}: no notes")
    tracks = []
    for (number, channel), listed in sorted(notes.items()):
        array = np.array(sorted(listed), dtype=np.float64)
        program = programs.get((number, channel), 0)
        tracks.append(MidiTrack(names.get(number, ""), program, channel == 9, array))
    end = max(float((track.notes[:, 0] + track.notes[:, 1]).max()) for track in tracks)
    if end > MAX_BEATS:
        raise MediaError(f"{path.name}: longer than {MAX_BEATS:.0f} beats")
    return MidiFile(tuple(tracks), tuple(sorted(meters)), tuple(sorted(keys)), tuple(sorted(tempos)), end)


def bars_of(file: MidiFile) -> tuple[tuple[float, float, tuple[int, int]], ...]:
    """(start, beats, meter) of each bar by the file's own time signatures, 4/4 where it has none."""
    changes = [change for change in file.meters if change[2] > 0 and change[1] > 0] or [(0.0, 4, 4)]
    if changes[0][0] > 0:
        changes.insert(0, (0.0, 4, 4))
    bars = []
    for index, (start, numerator, denominator) in enumerate(changes):
        stop = changes[index + 1][0] if index + 1 < len(changes) else file.end
        beats = numerator * 4.0 / denominator
        at = start
        while at < stop - 1e-6:
            bars.append((at, min(beats, stop - at), (numerator, denominator)))
            at += beats
    return tuple(bars)
