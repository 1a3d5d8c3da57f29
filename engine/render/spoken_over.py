"""The voice over the music while one writes: what is played goes down under speech, as the rendered programme
does.
"""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from dsl.plan import Plan
from engine.errors import MediaError
from engine.render.audio import Samples
from engine.render.mastering import listening_gain, measure
from engine.render.pieces import Piece, Sounding
from engine.render.programme import lay_voice_over, read_voices


def with_voices(sounding: Sounding, plan: Plan) -> Sounding:
    """A score's sound with the recordings of its plan, where it has any. What cannot be read is in `remark`,
    and the music is as it was."""
    voices = tuple((voice.path, voice.start_s) for cue in plan.cues for voice in cue.voices)
    if not voices:
        return sounding
    try:
        spoken = _read(plan.folder, voices, sounding.rate, _changed(plan.folder, voices))
    except MediaError as error:
        return replace(sounding, remark=f"{error}; the music plays alone")
    music = replace(sounding, gain=np.ones_like(sounding.gain)).mix(clip=False)
    programme = lay_voice_over(music, spoken, sounding.rate, "duck")
    whole = programme.under(music) + programme.voice
    gain = listening_gain([(0, measure(whole, sounding.rate))], len(whole), sounding.rate)
    return replace(sounding, gain=gain, voice=Piece.of(programme.voice), under=programme.music_gain)


def _changed(folder: str, voices: tuple[tuple[str, float], ...]) -> tuple[tuple[int, int], ...]:
    """What tells that a recording is another one: its time and size; zeros where it is gone."""
    found = []
    for name, _ in voices:
        try:
            status = (Path(folder) / name).stat()
            found.append((status.st_mtime_ns, status.st_size))
        except OSError:
            found.append((0, 0))
    return tuple(found)


@lru_cache(maxsize=2)
def _read(
    folder: str, voices: tuple[tuple[str, float], ...], rate: int, _changed: tuple[tuple[int, int], ...]
) -> Samples:
    # A score is played after every edit; its recordings stay the same.
    return read_voices(Path(folder), voices, rate)
