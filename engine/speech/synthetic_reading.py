"""A synthetic reading of a script by espeak-ng, a program of the system, where it is installed: what its
lines sound like, in several voices, to lay a recording along them by sound.

Only the comparison uses it; nobody hears it.
"""

import re
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from io import BytesIO
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.cores import cores
from engine.render.audio import resample
from engine.speech.activity import RATE

INSTALL: Final = "apt install espeak-ng, or brew install espeak-ng"
VARIANTS: Final = ("", "+f2", "+m7", "+f4", "+klatt4")
"""Voices of men and women: what they have in common is the text, what sets them apart the voice."""
# `cmn` of espeak-ng 1.51 reads characters as English names of letters and digits; this one reads them.
_VOICES: Final = {"zh": ("cmn-latn-pinyin", 200), "en": ("en-us", 165)}
"""Voice, and words a minute at which it is about as fast as a narrator."""
_SLOWEST, _FASTEST = 80, 400
_LONGEST_LINE: Final = 2_000
_PATIENCE_S: Final = 20.0
_HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

Samples = npt.NDArray[np.float32]


def synthesiser() -> str | None:
    """The path of espeak-ng; None where it is not installed, or does not speak both languages."""
    program = shutil.which("espeak-ng")
    return program if program is not None and _speaks(program) else None


@lru_cache(maxsize=4)
def _speaks(program: str) -> bool:
    return all(len(_said(program, voice, 165, "one")) > 0 for voice, _ in _VOICES.values())


def read_lines(texts: Sequence[str], variant: str, speed: float = 1.0) -> list[Samples]:
    """float32 [n] at the aligner's rate of each text, empty where it could not be said. `variant` is one of
    `VARIANTS`, `speed` a factor on a narrator's."""
    program = synthesiser()
    if program is None:
        return [np.zeros(0, np.float32) for _ in texts]

    def say(text: str) -> Samples:
        voice, usual = _VOICES["zh" if _is_chinese(text) else "en"]
        words_a_minute = round(min(max(usual * speed, _SLOWEST), _FASTEST))
        return _said(program, voice + variant, words_a_minute, text)

    with ThreadPoolExecutor(max_workers=min(cores(), 8)) as workers:
        return list(workers.map(say, texts))


def _is_chinese(text: str) -> bool:
    return 2 * len(_HAN.findall(text)) >= sum(c.isalpha() for c in text)


@lru_cache(maxsize=2048)
def _said(program: str, voice: str, words_a_minute: int, text: str) -> Samples:
    # Text goes by the standard input, so that none is taken for an option; [[ ]] would be phonemes.
    said = re.sub(r"[\[\]<>\0]", " ", text[:_LONGEST_LINE])
    command = [program, "-b", "1", "-v", voice, "-s", str(words_a_minute), "--stdin", "--stdout"]
    try:
        done = subprocess.run(command, input=said.encode(), capture_output=True, timeout=_PATIENCE_S)
        return _samples(done.stdout)
    except (OSError, subprocess.SubprocessError):
        return np.zeros(0, np.float32)


def _samples(wav: bytes) -> Samples:
    """What a WAV holds that was written to a pipe: its header does not know its length."""
    import soundfile

    try:
        with soundfile.SoundFile(BytesIO(wav)) as sound:
            rate = sound.samplerate
    except (soundfile.LibsndfileError, RuntimeError):
        return np.zeros(0, np.float32)
    data = wav[44 : 44 + (len(wav) - 44) // 2 * 2]
    return resample(np.frombuffer(data, "<i2").astype(np.float32) / 32768.0, rate, RATE)
