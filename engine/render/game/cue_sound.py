"""A cue's layers as sound: equally long, from the first bar line to the last, adding up to the cue.

A looping cue is played three times running and the second time cut out (`engine.render.loops`), so that what
rings over its end is at its start. Any other one is played once and rings out behind its last bar.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.music.layers import layers_of
from engine.music.score import MeterChange, Note, Score, ScoreCue, TempoChange
from engine.render.audio import resample
from engine.render.loops import cut_loop, repeated
from engine.render.synthesis import synthesise_groups
from engine.render.synthesiser import Synthesiser

FADE_S = 0.05
"""Over how long what still rings at the very end is faded, in seconds."""

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class CueSound:
    """`layers` are float32 [samples, 2] of one length, before any gain; `bars_end` is the sample where the
    last bar ends. `silent` are the layers (from 0) that no instrument plays in."""

    layers: tuple[Samples, ...]
    bars_end: int
    silent: tuple[int, ...] = ()

    @property
    def mix(self) -> Samples:
        """The sum of the layers."""
        return np.asarray(np.sum(self.layers, axis=0, dtype=np.float32), np.float32)


def cue_sound(
    score: Score, cue: ScoreCue, layers: int, synthesiser: Synthesiser, reverb: int, rate: int
) -> CueSound:
    """The cue in so many layers at `rate` Hz. `reverb` is the General MIDI send, 0–127. Raises MediaError
    when the font cannot be used."""
    played = repeated(score, cue) if cue.loop else once(score, cue)
    groups = {str(number): tracks for number, tracks in enumerate(layers_of(played.tracks, layers))}
    stems = synthesise_groups(played, groups, synthesiser, reverb=reverb)
    length_s = cue.end_s - cue.start_s
    found = []
    for name in groups:
        sound = resample(stems.stems[name], stems.rate, rate)
        found.append(cut_loop(sound, length_s, rate) if cue.loop else faded(sound, rate))
    silent = tuple(number for number, tracks in enumerate(groups.values()) if not tracks)
    return CueSound(tuple(found), round(length_s * rate), silent)


def once(score: Score, cue: ScoreCue) -> Score:
    """The notes of one cue from its own beginning, and nothing else of the score."""
    tracks = []
    for track in score.tracks:
        own = [note for note in track.notes if cue.start_beat - 1e-6 <= note.start_beat < cue.end_beat - 1e-6]
        if own:
            notes = tuple(_moved(note, -cue.start_s) for note in own)
            # How loud tracks are while they cross over into other cues is no part of the cue by itself.
            tracks.append(replace(track, notes=notes, expression=()))
    length_s = cue.end_s - cue.start_s
    return replace(
        score,
        duration_s=max([length_s, *(note.end_s for track in tracks for note in track.notes)]),
        tracks=tuple(tracks),
        tempo=(TempoChange(0.0, 0.0, 120.0),),
        meters=tuple(MeterChange(0.0, 0.0, meter.meter) for meter in score.meters[:1]),
        keys=tuple(replace(key, beat=0.0, t_s=0.0) for key in score.keys[:1]),
        markers=(),
        lyrics=(),
        cues=(),
    )


def _moved(note: Note, offset_s: float) -> Note:
    start_s = max(0.0, note.start_s + offset_s)
    end_s = max(note.end_s + offset_s, start_s + 0.01)
    return replace(note, start_s=start_s, end_s=end_s, start_beat=2 * start_s, beats=2 * (end_s - start_s))


def faded(sound: Samples, rate: int) -> Samples:
    """The sound with its last moment (`FADE_S`) led to silence."""
    fade = min(round(FADE_S * rate), len(sound))
    faded = sound.copy()
    faded[len(sound) - fade :] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)[:, None]
    return faded
