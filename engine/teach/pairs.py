"""Two versions of a cue to be compared by ear: as MIDI and as sound, brought to loudness together, so that a
softer one stays softer."""

from pathlib import Path

import numpy as np

from engine.music.palettes import style_palette
from engine.music.score import Score
from engine.render.audio import Samples, audio_bytes
from engine.render.files import write_atomic
from engine.render.mastering import master
from engine.render.midi import midi_bytes
from engine.render.synthesis import synthesise
from engine.render.synthesiser import Synthesiser


def sounds_of(scores: list[Score], synthesiser: Synthesiser) -> tuple[list[Samples], int]:
    """The mastered sound of each score, float32 [samples, 2], under one gain's rule, and their rate in Hz.
    Raises MediaError for a font that cannot be used."""
    mixes = []
    rate = 0
    for score in scores:
        reverb = round(127 * style_palette(score.cues[0].style).reverb)
        rendering = synthesise(score, synthesiser, separate=False, reverb=reverb)
        mixes.append(rendering.mix)
        rate = rendering.rate
    whole = np.concatenate(mixes)
    whole = (whole * master(whole, rate).gain[:, None]).astype(np.float32)
    edges = np.cumsum([len(mix) for mix in mixes])[:-1]
    return list(np.split(whole, edges)), rate


def write_versions(
    versions: dict[str, Score], folder: Path, synthesiser: Synthesiser | None
) -> tuple[Path, ...]:
    """Write each version as NAME.mid and, with a synthesiser, NAME.wav to `folder`; gives the files. Raises
    OutputError where they cannot be written, MediaError as `sounds_of`."""
    written = []
    for name, score in versions.items():
        path = folder / f"{name}.mid"
        write_atomic(path, midi_bytes(score))
        written.append(path)
    if synthesiser is not None:
        sounds, rate = sounds_of(list(versions.values()), synthesiser)
        for name, samples in zip(versions, sounds, strict=True):
            path = folder / f"{name}.wav"
            write_atomic(path, audio_bytes(samples, rate, "wav"))
            written.append(path)
    return tuple(written)
