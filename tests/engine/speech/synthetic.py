"""Speech made by espeak-ng, whose line starts are known: spoken line by line and joined with pauses drawn
by one of several laws, or read by espeak as whole paragraphs, whose word events say when each line begins.

Nothing of it is committed. Tests skip where espeak-ng cannot be found.
"""

import ctypes
import ctypes.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

RATE = 22_050
ENGLISH_VOICES = ("en-us", "en-gb-scotland+f3", "en-gb-x-rp+m3")
CHINESE_VOICES = ("cmn-latn-pinyin", "cmn-latn-pinyin+f2", "cmn-latn-pinyin+m4")
"""Not `cmn`: espeak-ng 1.51 reads characters by it as English names of letters and digits."""
_ONSET = 10 ** (-40 / 20)
"""A line is heard from where it first comes within 40 dB of its own peak."""

Samples = npt.NDArray[np.float32]


def why_not() -> str | None:
    """Why nothing can be spoken here; None where it can."""
    if shutil.which("espeak-ng") is None:
        return "espeak-ng is not installed (apt-get install espeak-ng)"
    return None


@dataclass(frozen=True, slots=True)
class Reading:
    """How something is read aloud: espeak's voice, words a minute, pitch 0–99, and the law of its pauses."""

    voice: str
    speed: int = 165
    pitch: int = 50
    pauses: str = "narrator"


@dataclass(frozen=True, slots=True)
class Spoken:
    """float32 [n] at `RATE`, and when each line of the script begins and ends in it, in seconds."""

    samples: Samples
    starts_s: tuple[float, ...]
    ends_s: tuple[float, ...]


@lru_cache(maxsize=4096)
def say(text: str, voice: str, speed: int, pitch: int) -> Samples:
    """A text as espeak says it, without the silence around it."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "said.wav"
        subprocess.run(
            ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "-w", str(place), "--", text],
            check=True,
            capture_output=True,
        )
        samples, rate = soundfile.read(place, dtype="float32")
    assert rate == RATE
    heard = np.flatnonzero(np.abs(samples) > _ONSET * np.abs(samples).max())
    return np.asarray(samples[heard[0] : heard[-1] + 1])


def pause_s(law: str, paragraph: bool, chance: np.random.Generator) -> float:
    """Seconds of pause after a line. No law looks at how the aligner thinks of punctuation."""
    if law == "narrator":  # log-normal, longer after paragraphs
        return float(np.clip(chance.lognormal(np.log(0.9 if paragraph else 0.45), 0.45), 0.12, 3.0))
    if law == "hurried":  # some lines run into the next one
        return float(chance.choice([0.03, 0.08, 0.15, 0.22, 0.3]))
    if law == "even":  # every pause the same, whatever ends there
        return 0.35
    assert law == "acted"  # anything from a breath to a long silence
    return float(chance.uniform(0.1, 2.4))


def joined(
    lines: Sequence[str], reading: Reading, seed: int, paragraphs: frozenset[int] = frozenset()
) -> Spoken:
    """Lines spoken one by one and joined; `paragraphs` are the lines after which a paragraph ends. Speed and
    pitch wander from line to line, and some pauses hold a breath."""
    chance = np.random.default_rng(seed)
    parts: list[Samples] = [np.zeros(round(RATE * chance.uniform(0.1, 1.5)), np.float32)]
    starts, ends, at = [], [], len(parts[0])
    for number, line in enumerate(lines):
        speed = round(reading.speed * chance.uniform(0.9, 1.1))
        said = say(line, reading.voice, speed, reading.pitch)
        starts.append(at / RATE)
        parts.append(said)
        at += len(said)
        ends.append(at / RATE)
        length = round(RATE * pause_s(reading.pauses, number in paragraphs, chance))
        pause = np.zeros(length, np.float32)
        if length > RATE * 0.4 and chance.uniform() < 0.4:
            pause = _with_breath(pause, chance)
        parts.append(pause)
        at += len(pause)
    return Spoken(np.concatenate(parts), tuple(starts), tuple(ends))


def _with_breath(pause: Samples, chance: np.random.Generator) -> Samples:
    """A breath of 0.25 s, 32 dB under a full voice, somewhere in a pause."""
    size = round(0.25 * RATE)
    at = int(chance.integers(0, len(pause) - size))
    breath = chance.standard_normal(size) * np.hanning(size) * 10 ** (-32 / 20) * 0.3
    pause[at : at + size] += breath.astype(np.float32)
    return pause


def with_noise(samples: Samples, decibels: float, seed: int = 0) -> Samples:
    """The same under noise (pink above 100 Hz), so many dB under the voice's mean power where it speaks."""
    chance = np.random.default_rng(seed)
    spectrum = np.fft.rfft(chance.standard_normal(len(samples)))
    frequency = np.fft.rfftfreq(len(samples), 1 / RATE)
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(frequency, 100.0)), len(samples))
    power = float((samples[np.abs(samples) > 0.02] ** 2).mean())
    noise *= np.sqrt(power / 10 ** (decibels / 10) / (noise**2).mean())
    return np.asarray(samples + noise, np.float32)


# ----------------------------------------------------------------------- whole paragraphs, by the library


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_WORD = 1
_SYNCHRONOUS = 2
_UTF8 = 1
_RATE_PARAMETER, _PITCH_PARAMETER = 1, 3

_PROGRAM = """
import json, sys
from tests.engine.speech import synthetic
text, voice, speed, pitch, place = json.loads(sys.argv[1])
print(json.dumps(synthetic.read_whole(text, voice, speed, pitch, place)))
"""


def read_whole(text: str, voice: str, speed: int, pitch: int, place: str) -> list[tuple[int, int]]:
    """Reads a text in one go into a WAV; gives (character from 0, sample) of each word. In this process."""
    library = ctypes.CDLL(ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1")
    assert library.espeak_Initialize(_SYNCHRONOUS, 0, None, 0) == RATE
    parts: list[Samples] = []
    words: list[tuple[int, int]] = []

    def heard(
        samples: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]"
    ) -> int:
        number = 0
        while events[number].type:
            if events[number].type == _WORD:
                words.append((events[number].text_position - 1, events[number].sample))
            number += 1
        if count > 0:
            parts.append(np.ctypeslib.as_array(samples, (count,)).astype(np.float32) / 32768)
        return 0

    kind = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
    )
    callback = kind(heard)
    library.espeak_SetSynthCallback(callback)
    assert library.espeak_SetVoiceByName(voice.encode()) == 0
    library.espeak_SetParameter(_RATE_PARAMETER, speed, 0)
    library.espeak_SetParameter(_PITCH_PARAMETER, pitch, 0)
    data = text.encode() + b"\0"
    library.espeak_Synth(data, len(data), 0, 0, 0, _UTF8, None, None)
    library.espeak_Synchronize()
    soundfile.write(place, np.concatenate(parts), RATE)
    return words


def read_aloud(lines: Sequence[str], reading: Reading, joint: str = "\n") -> Spoken:
    """Lines read by espeak in one go, with its own pauses; starts are those of its word events."""
    import json

    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line) + len(joint)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "read.wav"
        request = json.dumps([joint.join(lines), reading.voice, reading.speed, reading.pitch, str(place)])
        answer = subprocess.run(
            [sys.executable, "-c", _PROGRAM, request], check=True, capture_output=True, text=True
        ).stdout
        samples, _ = soundfile.read(place, dtype="float32")
    words: list[tuple[int, int]] = json.loads(answer)
    begun = []
    for number, start in enumerate(starts):
        following = starts[number + 1] if number + 1 < len(starts) else at
        begun.append(min(sample for place_, sample in words if start <= place_ < following) / RATE)
    return Spoken(np.asarray(samples), tuple(begun), ())
