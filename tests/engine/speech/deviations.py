"""Readers who do not keep to the script, made from synthetic speech: lines left out, said twice, in other
words, lines of their own, coughs, silences within a sentence. Where everything is is known.

`python -m tests.engine.speech.deviations [SEEDS]` measures the aligner with them, in both languages, voices
that are none of the reading's, clean and with noise; with flite, where it is installed, for another
synthesiser than the reading's.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile

from engine.render.audio import resample
from tests.engine.speech import synthetic
from tests.engine.speech.synthetic import RATE, Samples

ENGLISH_READERS = ("en-gb-scotland+f3", "en-gb-x-rp+m3", "en-029+m1")
CHINESE_READERS = ("cmn-latn-pinyin+f3", "cmn-latn-pinyin+m4", "cmn-latn-pinyin+m1")
"""None of them is a voice of the synthetic reading that recordings are compared with."""
KINDS = (
    "as written",
    "one unscripted",
    "two unscripted",
    "three short unscripted",
    "one unspoken",
    "two unspoken",
    "said twice",
    "other words",
    "cough",
    "long pause",
)
ENGLISH_ASIDES = (
    "Sorry, could we take that one again from the top, please?",
    "Right.",
    "Somebody ought to look at this heating before the winter comes.",
    "Once more.",
    "The committee has postponed the question until the budget is approved.",
    "All right, go on.",
)
CHINESE_ASIDES = (
    "对不起，这一段我们从头再录一遍好吗？",
    "好的。",
    "冬天来之前，得有人来看看这个暖气。",
    "再来。",
    "委员会决定，在预算批准之前，先不讨论这个问题。",
    "行了，接着念。",
)


@dataclass(frozen=True, slots=True)
class Recording:
    """float32 [n] at `RATE`. `starts_s` has for each line of the script that is spoken when that is, twice
    for a line said twice; `extra_s` from when to when something else is said; `at` is the first line after
    the deviation."""

    samples: Samples
    starts_s: dict[int, tuple[float, ...]]
    unspoken: frozenset[int]
    extra_s: tuple[tuple[float, float], ...]
    at: int


@lru_cache(maxsize=512)
def said_by(voice: str, text: str, speed: int) -> Samples:
    """A text as an espeak-ng voice, or `flite:NAME`, says it."""
    if not voice.startswith("flite:"):
        return synthetic.say(text, voice, speed, 50)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "said.wav"
        stretch = f"duration_stretch={165 / speed:.3f}"
        words = ["flite", "-voice", voice[6:], "--setf", stretch, "-t", text, "-o", str(place)]
        subprocess.run(words, check=True, capture_output=True)
        samples, rate = soundfile.read(place, dtype="float32")
    samples = resample(samples, rate, RATE)
    heard = np.flatnonzero(np.abs(samples) > 0.01 * np.abs(samples).max())
    return np.asarray(samples[heard[0] : heard[-1] + 1])


def recorded(
    lines: Sequence[str], asides: Sequence[str], kind: str, voice: str, seed: int, law: str = "narrator"
) -> Recording:
    """A reading of `lines` that deviates once, in the way `kind` says, at a place drawn by `seed`."""
    chance = np.random.default_rng(seed)
    at = int(chance.integers(2, max(len(lines) - 4, 3)))
    longer = sorted(asides, key=len)[len(asides) // 2 :]
    count = {"two": 2, "three": 3}.get(kind.split()[0], 1)
    script: list[tuple[str, str, int]] = [("line", text, number) for number, text in enumerate(lines)]
    unspoken: frozenset[int] = frozenset()
    if kind.endswith("short unscripted"):
        script[at:at] = [("aside", text, -1) for text in sorted(asides, key=len)[:count]]
    elif kind.endswith("unscripted"):
        script[at:at] = [("aside", text, -1) for text in chance.permutation(longer)[:count].tolist()]
    elif kind.endswith("unspoken"):
        unspoken = frozenset(range(at, at + count))
        del script[at : at + count]
    elif kind == "other words":
        unspoken = frozenset({at})
        script[at] = ("aside", str(chance.choice(longer)), -1)
    elif kind == "said twice":
        script.insert(at, ("again", lines[at - 1], at - 1))
    elif kind == "cough":
        script.insert(at, ("cough", "", -1))
    return _joined(script, kind, voice, chance, law, unspoken, at)


def _joined(
    script: list[tuple[str, str, int]],
    kind: str,
    voice: str,
    chance: np.random.Generator,
    law: str,
    unspoken: frozenset[int],
    at: int,
) -> Recording:
    parts = [np.zeros(round(RATE * chance.uniform(0.1, 1.5)), np.float32)]
    reached = len(parts[0])
    starts: dict[int, tuple[float, ...]] = {}
    extra: list[tuple[float, float]] = []
    for what, text, number in script:
        speed = round(165 * chance.uniform(0.85, 1.2))
        own = _cough(chance) if what == "cough" else said_by(voice, text, speed)
        own = own / np.abs(own).max() * 0.4 * np.float32(chance.uniform(0.8, 1.2))
        if kind == "long pause" and number == at:
            own = _with_silence(own, chance)
        begin, end = reached / RATE, (reached + len(own)) / RATE
        if number >= 0:
            starts[number] = (*starts.get(number, ()), begin)
        elif what == "aside":
            extra.append((begin, end))
        pause = np.zeros(round(RATE * synthetic.pause_s(law, chance.random() < 0.2, chance)), np.float32)
        parts += [own, pause]
        reached += len(own) + len(pause)
    return Recording(np.concatenate(parts), starts, unspoken, tuple(extra), at)


def _cough(chance: np.random.Generator) -> Samples:
    size = round(RATE * chance.uniform(0.25, 0.45))
    at = np.arange(size) / size
    return np.asarray(
        chance.standard_normal(size) * np.exp(-6 * at) * np.minimum(30 * at, 1), dtype=np.float32
    )


def _with_silence(samples: Samples, chance: np.random.Generator) -> Samples:
    """A silence of 1.5 to 4 s where the line is softest, near its middle."""
    power = np.convolve(samples**2, np.ones(400), "same")
    low, high = round(0.3 * len(samples)), round(0.7 * len(samples))
    at = low + int(power[low:high].argmin())
    silence = np.zeros(round(RATE * chance.uniform(1.5, 4.0)), np.float32)
    return np.concatenate([samples[:at], silence, samples[at:]])


# ------------------------------------------------------------------------------------------- the measurement


@dataclass(slots=True)
class Tally:
    """What came of some trials: errors of all line starts and of the four lines after the deviation, in
    seconds; how often just the unspoken lines were named; lines falsely called unspoken; found asides."""

    errors_s: list[float]
    after_s: list[float]
    named: list[bool]
    falsely: int
    asides: list[bool]

    def __str__(self) -> str:
        """One row of the table."""
        named = f"{np.mean(self.named):5.0%}" if self.named else "    –"
        asides = f"{np.mean(self.asides):5.0%}" if self.asides else "    –"
        return (
            f"{np.median(self.errors_s):7.3f} {np.quantile(self.errors_s, 0.95):7.3f} "
            f"{np.median(self.after_s):7.3f} {np.quantile(self.after_s, 0.95):7.2f}  {named}   "
            f"{self.falsely / len(self.errors_s):6.2%}  {asides}"
        )


Found = tuple[dict[int, float], tuple[tuple[float, float], ...]]
"""Starts of the lines found, and extra speech, in seconds."""


def tally(
    lay: Callable[[Sequence[str], Samples], Found], trials: Sequence[tuple[Sequence[str], Recording]]
) -> Tally:
    """Measures `lay` on trials."""
    found = Tally([], [], [], 0, [])
    for lines, recording in trials:
        starts, extra = lay(lines, recording.samples)
        for number, truth in recording.starts_s.items():
            off = min(abs(starts[number] - t) for t in truth) if number in starts else 60.0
            found.errors_s.append(off)
            if recording.at <= number < recording.at + 4:
                found.after_s.append(off)
        gone = set(range(len(lines))) - set(starts)
        found.falsely += len(gone - recording.unspoken)
        if recording.unspoken:
            found.named.append(gone == recording.unspoken)
        for a, b in recording.extra_s:
            found.asides.append(sum(max(0.0, min(b, d) - max(a, c)) for c, d in extra) > 0.7 * (b - a))
    return found


def main() -> None:
    """Prints the table, by sound and by pauses alone."""
    from tests.engine.speech.test_alignment import CHINESE, ENGLISH
    from tests.engine.speech.test_deviations import by_pauses, by_sound

    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    flite = ("flite:slt", "flite:awb", "flite:rms") if shutil.which("flite") else ()
    laws = ("narrator", "acted", "hurried")
    print(
        "seconds: all lines' starts (median, 95 %), four lines after (the same); unspoken lines named right;"
    )
    print("lines falsely called unspoken; unscripted speech found")
    for name, readers in (("espeak", (*ENGLISH_READERS, *CHINESE_READERS)), ("flite", flite)):
        for kind in KINDS if readers else ():
            trials: list[tuple[Sequence[str], Recording]] = []
            for number, voice in enumerate(readers):
                chinese = voice.startswith("cmn")
                lines, asides = (CHINESE, CHINESE_ASIDES) if chinese else (ENGLISH, ENGLISH_ASIDES)
                for seed in range(seeds):
                    one = recorded(lines, asides, kind, voice, 100 * number + seed, laws[(number + seed) % 3])
                    trials += [(lines, one), (lines, _noisy(one, seed))]
            for way, lay in (("sound", by_sound), ("pauses", by_pauses)):
                print(f"{name:6} {kind:23} {way:6} {tally(lay, trials)}", flush=True)


def _noisy(one: Recording, seed: int) -> Recording:
    samples = synthetic.with_noise(one.samples, 20.0, seed)
    return Recording(samples, one.starts_s, one.unspoken, one.extra_s, one.at)


if __name__ == "__main__":
    main()
