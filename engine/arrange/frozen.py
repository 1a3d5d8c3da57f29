"""Reads a frozen take: a MIDI file that a writer kept for a cue, fitted to the cue's clock, played as it
stands.

A file of the cue's own length in beats (what an export of that cue is) keeps its notes where they are;
another length is stretched over the cue.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.plan import Plan, RoleName
from engine.arrange.draft import CueDraft, CueMusic
from engine.arrange.orchestration import Part, Played
from engine.errors import MediaError
from engine.music.clock import clock_of
from engine.music.instruments import instrument
from engine.music.palettes import style_palette

if TYPE_CHECKING:
    import pretty_midi

SAME_BEATS = 0.55
LARGEST_BYTES = 8 * 2**20
_VOLUME, _PAN = 7, 10
_Known = Mapping[tuple[str, int], RoleName]
_ROLE_WORDS: tuple[tuple[str, RoleName], ...] = (
    ("melody", "melody"),
    ("counter", "counter"),
    ("bass", "bass"),
    ("chords", "chords"),
)


def read_frozen(plan: Plan, music: CueMusic) -> dict[Part, list[Played]]:
    """The parts of a frozen cue. Raises MediaError where the file is missing, foreign, or no MIDI."""
    # Deferred: only a frozen cue needs it, and it takes a third of a second to load.
    import pretty_midi

    cue = music.cue
    path = _inside(Path(plan.folder), cue.freeze or "")
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise MediaError(f"{cue.freeze}: larger than {LARGEST_BYTES // 2**20} MiB, too large for a take")
        midi = pretty_midi.PrettyMIDI(str(path))
    except MediaError:
        raise
    except Exception as error:  # pretty_midi and mido raise whatever a damaged file makes them trip over
        raise MediaError(f"{cue.freeze}: cannot be read as MIDI ({error or type(error).__name__})") from error
    clock = clock_of(cue)
    length = midi.get_end_time()
    if length <= 0.0:
        return {}
    file_beats = midi.time_to_tick(length) / midi.resolution
    own = clock.beats - SAME_BEATS - clock.bars[-1].beats < file_beats <= clock.beats + SAME_BEATS
    scale = 1.0 if own else clock.beats / file_beats
    known = _known_parts(plan, music)
    parts: dict[Part, list[Played]] = {}
    for number, track in enumerate(midi.instruments):
        notes = [note for note in track.notes if note.end > note.start]
        if not notes:
            continue
        part = _part_of(track, notes, number, known)
        played = parts.setdefault(part, [])
        for note in notes:
            beat = midi.time_to_tick(note.start) / midi.resolution * scale
            end = min(midi.time_to_tick(note.end) / midi.resolution * scale, clock.beats)
            if end - beat < 1e-4:
                continue
            start_s, end_s = clock.seconds([beat, end])
            played.append(Played(note.pitch, note.velocity, beat, end - beat, float(start_s), float(end_s)))
    return parts


def frozen_draft(music: CueMusic) -> CueDraft:
    """An empty draft that holds a frozen cue's place among the others."""
    clock = clock_of(music.cue)
    return CueDraft(music, clock, [], [], [0.0, clock.beats])


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise MediaError(f"{name}: a frozen take must lie in the score's folder")
    return path


def _part_of(
    track: "pretty_midi.Instrument", notes: "list[pretty_midi.Note]", number: int, known: _Known
) -> Part:
    """The part that a track is: its balance as written, its role by what the cue's palettes call it, else a
    guess.
    """
    label = (track.name or "").strip() or f"{instrument(track.program).name} {number + 1}"
    gain_db, pan = _balance(track)
    role = known.get((label, track.program))
    if track.is_drum:
        return Part("drums", label, track.program, True, gain_db, pan)
    return Part(role or _role_of(label, notes), label, track.program, False, gain_db, pan)


def _balance(track: "pretty_midi.Instrument") -> tuple[float, float]:
    """Gain in dB and pan −1…1 from the track's first volume and pan controllers (General MIDI's curve)."""
    first: dict[int, int] = {}
    for change in track.control_changes:
        first.setdefault(change.number, change.value)
    gain_db = 40.0 * math.log10(max(first.get(_VOLUME, 100), 1) / 100.0)
    pan = (first.get(_PAN, 64) - 64) / 63.0
    return round(gain_db, 2), round(min(max(pan, -1.0), 1.0), 3)


def _known_parts(plan: Plan, music: CueMusic) -> _Known:
    """Role by (label, program) of every voice that the cue's styles have."""
    known: dict[tuple[str, int], RoleName] = {}
    for setting in music.cue.styles:
        for role, voices in style_palette(setting.value, plan.palettes).voices.items():
            for voice in voices:
                known.setdefault((voice.label, voice.program), role)
                known.setdefault((f"{voice.label} ({role})", voice.program), role)
    return known


def _role_of(label: str, notes: "list[pretty_midi.Note]") -> RoleName:
    """By the track's name, else by its place: low is the bass, high and alone the melody, the rest chords."""
    for word, role in _ROLE_WORDS:
        if word in label.lower():
            return role
    mean = sum(note.pitch for note in notes) / len(notes)
    if mean < 48:
        return "bass"
    onsets = len({round(note.start, 2) for note in notes})
    return "melody" if mean > 66 and len(notes) < 1.3 * onsets else "chords"
