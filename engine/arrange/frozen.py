"""Reads a frozen take: a MIDI file that a writer kept for a cue, fitted to the cue's clock, played as it
stands.

A file of the cue's own length in beats (what an export of that cue is) keeps its notes where they are;
another length is stretched over the cue.
"""

import math
import re
from collections.abc import Mapping

import numpy as np

from dsl.plan import Plan, RoleName
from engine.arrange.crossfade import FULL_CC, Place, Ramp, place_of
from engine.arrange.draft import CueDraft
from engine.arrange.orchestration import Part, Played
from engine.cues import CueMusic
from engine.media.frozen_take import stretch_of, take_file
from engine.media.midi_file import MidiMusic, MidiPart, read_midi
from engine.music.clock import clock_of
from engine.music.instruments import instrument
from engine.music.palettes import style_palette

_NUMBERED = re.compile(r" \d+\)$")
"""At the end of a name that several tracks would have: `Strings (chords 2)`."""
_Known = Mapping[tuple[str, int], RoleName]
_ROLE_WORDS: tuple[tuple[str, RoleName], ...] = (
    ("melody", "melody"),
    ("counter", "counter"),
    ("bass", "bass"),
    ("chords", "chords"),
)


def read_frozen(plan: Plan, music: CueMusic) -> dict[Part, list[Played]]:
    """The parts of a frozen cue. Raises MediaError where the file is missing, foreign, or no MIDI."""
    cue = music.cue
    midi = read_midi(take_file(plan, cue))
    clock = clock_of(cue)
    if not midi.parts:
        return {}
    scale = stretch_of(midi, clock)
    known = _known_parts(plan, music)
    parts: dict[Part, list[Played]] = {}
    for number, track in enumerate(midi.parts):
        played = parts.setdefault(_part_of(midi, track, number, known), [])
        beats = np.minimum(midi.beats(track.notes[:, :2]) * scale, [np.inf, clock.beats])
        for (beat, end), (start_s, end_s), note in zip(
            beats.tolist(), clock.seconds(beats).tolist(), track.notes.tolist(), strict=True
        ):
            if end - beat >= 1e-4:
                played.append(Played(note[2], note[3], beat, end - beat, start_s, end_s))
    return parts


def frozen_expression(plan: Plan, music: CueMusic) -> dict[Place, Ramp]:
    """The expression of a frozen cue's tracks on the score's clock, in full again where the cue ends. Raises
    MediaError as `read_frozen`."""
    midi = read_midi(take_file(plan, music.cue))
    clock = clock_of(music.cue)
    found: dict[Place, Ramp] = {}
    if not any(track.expression for track in midi.parts):
        return found
    scale = stretch_of(midi, clock)
    known = _known_parts(plan, music)
    for number, track in enumerate(midi.parts):
        if not track.expression:
            continue
        ticks = np.array([tick for tick, _ in track.expression], np.int64)
        times = clock.seconds(np.minimum(midi.beats(ticks) * scale, clock.beats)).tolist()
        ramp = [(t_s, value) for t_s, (_, value) in zip(times, track.expression, strict=True)]
        ramp = [change for change in ramp if change[0] < clock.end_s - 1e-3]
        found[place_of(_part_of(midi, track, number, known))] = [*ramp, (clock.end_s, FULL_CC)]
    return found


def frozen_draft(music: CueMusic) -> CueDraft:
    """An empty draft that holds a frozen cue's place among the others."""
    clock = clock_of(music.cue)
    return CueDraft(music, clock, [], [], [0.0, clock.beats])


def _part_of(midi: MidiMusic, track: MidiPart, number: int, known: _Known) -> Part:
    """The part that a track is: its balance as written, its role by what the cue's palettes call it, else a
    guess.
    """
    label = track.name or f"{instrument(track.program).name} {number + 1}"
    gain_db, pan = _balance(track)
    role = known.get((_NUMBERED.sub(")", label), track.program))
    if track.is_drum:
        return Part("drums", label, track.program, True, gain_db, pan)
    return Part(role or _role_of(midi, track, label), label, track.program, False, gain_db, pan)


def _balance(track: MidiPart) -> tuple[float, float]:
    """Gain in dB and pan −1…1 from the track's first volume and pan controllers (General MIDI's curve)."""
    gain_db = 40.0 * math.log10(max(track.volume, 1) / 100.0)
    pan = (track.pan - 64) / 63.0
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


def _role_of(midi: MidiMusic, track: MidiPart, label: str) -> RoleName:
    """By the track's name, else by its place: low is the bass, high and alone the melody, the rest chords."""
    for word, role in _ROLE_WORDS:
        if word in label.lower():
            return role
    mean = float(track.notes[:, 2].mean())
    if mean < 48:
        return "bass"
    onsets = len(np.unique(np.round(midi.seconds(track.notes[:, 0]), 2)))
    return "melody" if mean > 66 and len(track.notes) < 1.3 * onsets else "chords"
