"""A cue of a finished score as a MIDI file of its own: what `@freeze` plays from then on."""

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from dsl.cue_names import file_stem
from engine.music.score import KeyChange, MeterChange, Score, ScoreCue, TempoChange
from engine.render.files import write_atomic
from engine.render.midi import midi_bytes

Change = TypeVar("Change", bound=TempoChange | MeterChange | KeyChange)

FOLDER = "takes"


def write_take(score: Score, cue_id: str, folder: Path, below: str = FOLDER) -> str:
    """Write the cue's notes into the folder `below` beneath `folder`; gives the path as a score in `folder`
    names it.

    A file that holds these very notes is used again, one that holds others is left alone and a new name is
    taken. Raises OutputError where it cannot be written, ValueError where the score has no such cue.
    """
    data = midi_bytes(cue_alone(score, cue_id))
    stem = file_stem(cue_id)
    number = 1
    while True:
        name = f"{below}/{stem}.mid" if number == 1 else f"{below}/{stem}-{number}.mid"
        path = folder / name
        if not path.exists():
            write_atomic(path, data)
            return name
        if path.is_file() and path.read_bytes() == data:
            return name
        number += 1


def cue_alone(score: Score, cue_id: str) -> Score:
    """The cue cut out of the score, its first beat at zero. Notes that ring over its end stop there."""
    cue = next((cue for cue in score.cues if cue.id == cue_id), None)
    if cue is None:
        raise ValueError(f"there is no cue {cue_id}")
    start, end, beat = cue.start_s, cue.end_s, cue.start_beat
    tracks = []
    for track in score.tracks:
        notes = tuple(
            replace(
                note,
                start_beat=note.start_beat - beat,
                beats=min(note.beats, cue.end_beat - note.start_beat),
                start_s=max(note.start_s - start, 0.0),
                end_s=min(note.end_s, end) - start,
            )
            for note in track.notes
            if beat - 1e-6 <= note.start_beat < cue.end_beat - 1e-6 and note.start_s < end - 1e-3
        )
        if notes:
            tracks.append(replace(track, notes=notes, expression=_expression(track.expression, start, end)))

    return replace(
        score,
        title=cue.title or cue.id,
        duration_s=end - start,
        tracks=tuple(tracks),
        tempo=_within(score.tempo, cue),
        meters=_within(score.meters, cue),
        keys=_within(score.keys, cue),
        markers=(),
        lyrics=(),
        cues=(),
    )


def _expression(
    written: tuple[tuple[float, int], ...], start: float, end: float
) -> tuple[tuple[float, int], ...]:
    held = [value for t_s, value in written if t_s <= start + 1e-6][-1:]
    within = [(t_s - start, value) for t_s, value in written if start + 1e-6 < t_s < end - 1e-6]
    return (*((0.0, value) for value in held), *within)


def _within(changes: tuple[Change, ...], cue: ScoreCue) -> tuple[Change, ...]:
    """What holds where the cue begins, and what changes within it, counted from there."""
    at = cue.start_beat
    before = [change for change in changes if change.beat <= at + 1e-6][-1:] or list(changes[:1])
    within = [change for change in changes if at + 1e-6 < change.beat < cue.end_beat - 1e-6]
    found = [replace(change, beat=0.0, t_s=0.0) for change in before]
    found += [replace(change, beat=change.beat - at, t_s=change.t_s - cue.start_s) for change in within]
    return tuple(found)
