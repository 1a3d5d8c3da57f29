"""A cue that loops, as a file that loops: exactly its bars long, with what rings over its end at its start.

The cue is played three times running and the second time is cut out. There the room and the releases of the
time before are already sounding, as they will whenever the file comes round again. A cue that is over before
they are is played more often before it.
"""

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.music.score import MeterChange, Note, Score, ScoreCue, TempoChange
from engine.render.audio import resample
from engine.render.mastering import master
from engine.render.synthesis import TAIL_S, synthesise
from engine.render.synthesiser import Synthesiser

SEAM_S = 0.01
"""Over how long the end is led into what sounded before the start, in seconds: the two are the same music,
but a synthesiser's tremolo is somewhere else."""
_LEAD_S = 0.1  # notes may be played a little ahead of the first beat

Samples = npt.NDArray[np.float32]


def loop_samples(score: Score, cue: ScoreCue, synthesiser: Synthesiser, reverb: int, rate: int) -> Samples:
    """The cue alone, float32 [round(its seconds × rate), 2], at the loudness of a mix, ready to be repeated.

    Raises MediaError when the font cannot be used.
    """
    length_s = cue.end_s - cue.start_s
    rendering = synthesise(repeated(score, cue), synthesiser, separate=False, reverb=reverb)
    mix = rendering.mix
    sound = resample(mix * master(mix, rendering.rate).gain[:, None], rendering.rate, rate)
    return cut_loop(sound, length_s, rate)


def cut_loop(sound: Samples, length_s: float, rate: int) -> Samples:
    """The last but one of the times that `repeated` plays a cue of `length_s`, out of `sound` at `rate`
    Hz; its end led over into what comes before it."""
    start = round((_LEAD_S + _times_before(length_s) * length_s) * rate)
    count = round(length_s * rate)
    loop = sound[start : start + count].copy()
    seam = min(round(SEAM_S * rate), count)
    weight = np.linspace(0.0, 1.0, seam, dtype=np.float32)[:, None]
    loop[count - seam :] += weight * (sound[start - seam : start] - loop[count - seam :])
    return loop


def repeated(score: Score, cue: ScoreCue) -> Score:
    """The notes of one cue several times running, from `_LEAD_S` on; nothing else of the score."""
    length_s = cue.end_s - cue.start_s
    passes = _times_before(length_s) + 2
    tracks = []
    for track in score.tracks:
        own = [note for note in track.notes if cue.start_beat - 1e-6 <= note.start_beat < cue.end_beat - 1e-6]
        if own:
            offsets = [_LEAD_S - cue.start_s + number * length_s for number in range(passes)]
            notes = tuple(_moved(note, offset) for offset in offsets for note in own)
            tracks.append(replace(track, notes=notes, expression=()))
    return replace(
        score,
        duration_s=_LEAD_S + passes * length_s,
        tracks=tuple(tracks),
        tempo=(TempoChange(0.0, 0.0, 120.0),),
        meters=tuple(MeterChange(0.0, 0.0, meter.meter) for meter in score.meters[:1]),
        keys=tuple(replace(key, beat=0.0, t_s=0.0) for key in score.keys[:1]),
        markers=(),
        lyrics=(),
        cues=(),
    )


def _times_before(length_s: float) -> int:
    """How often a cue is played before the time that is cut out: until what rings of the first time is
    over."""
    return max(1, math.ceil(TAIL_S / max(length_s, 0.1)))


def _moved(note: Note, offset_s: float) -> Note:
    start_s, end_s = max(0.0, note.start_s + offset_s), note.end_s + offset_s
    return replace(note, start_s=start_s, end_s=end_s, start_beat=2 * start_s, beats=2 * (end_s - start_s))
