"""A cue that loops, as a file that loops: exactly its bars long, with what rings over its end at its start.

The cue is played three times running and the second time is cut out. There the room and the releases of the
time before are already sounding, as they will whenever the file comes round again.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.music.score import MeterChange, Note, Score, ScoreCue, TempoChange
from engine.render.audio import resample
from engine.render.mastering import master
from engine.render.synthesis import synthesise
from engine.render.synthesiser import Synthesiser

SEAM_S = 0.01
"""Over how long the end is led into what sounded before the start, in seconds: the two are the same music,
but a synthesiser's tremolo is somewhere else."""
_LEAD_S = 0.1  # notes may be played a little ahead of the first beat
_PASSES = 3

Samples = npt.NDArray[np.float32]


def loop_samples(score: Score, cue: ScoreCue, synthesiser: Synthesiser, reverb: int, rate: int) -> Samples:
    """The cue alone, float32 [round(its seconds × rate), 2], at the loudness of a mix, ready to be repeated.

    Raises MediaError when the font cannot be used.
    """
    length_s = cue.end_s - cue.start_s
    rendering = synthesise(repeated(score, cue), synthesiser, separate=False, reverb=reverb)
    mix = rendering.mix
    sound = resample(mix * master(mix, rendering.rate).gain[:, None], rendering.rate, rate)
    start, count = round((_LEAD_S + length_s) * rate), round(length_s * rate)
    loop = sound[start : start + count].copy()
    seam = min(round(SEAM_S * rate), count)
    weight = np.linspace(0.0, 1.0, seam, dtype=np.float32)[:, None]
    loop[count - seam :] += weight * (sound[start - seam : start] - loop[count - seam :])
    return loop


def repeated(score: Score, cue: ScoreCue) -> Score:
    """The notes of one cue, `_PASSES` times running, from `_LEAD_S` on; nothing else of the score."""
    length_s = cue.end_s - cue.start_s
    tracks = []
    for track in score.tracks:
        own = [note for note in track.notes if cue.start_beat - 1e-6 <= note.start_beat < cue.end_beat - 1e-6]
        if own:
            offsets = [_LEAD_S - cue.start_s + number * length_s for number in range(_PASSES)]
            notes = tuple(_moved(note, offset) for offset in offsets for note in own)
            tracks.append(replace(track, notes=notes, expression=()))
    return replace(
        score,
        duration_s=_LEAD_S + _PASSES * length_s,
        tracks=tuple(tracks),
        tempo=(TempoChange(0.0, 0.0, 120.0),),
        meters=tuple(MeterChange(0.0, 0.0, meter.meter) for meter in score.meters[:1]),
        keys=tuple(replace(key, beat=0.0, t_s=0.0) for key in score.keys[:1]),
        markers=(),
        lyrics=(),
        cues=(),
    )


def _moved(note: Note, offset_s: float) -> Note:
    start_s, end_s = max(0.0, note.start_s + offset_s), note.end_s + offset_s
    return replace(note, start_s=start_s, end_s=end_s, start_beat=2 * start_s, beats=2 * (end_s - start_s))
