"""What a game's folder holds, as values, and as `manifest.json`: names that engines and scripts rely on.

Places are samples from the beginning of a cue's files, intensities 0…1, files relative to the folder, with
`/`. More keys may be added; none goes.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FORMAT = 1
_NUMBERS = re.compile(r"(?<=: )\[[\d,\s]+\]")
"""Lists of samples, which go on one line."""


@dataclass(frozen=True, slots=True)
class GameFile:
    """A sound as WAV, whole numbers that add up, and as Ogg Vorbis, small. `samples` long."""

    wav: str
    ogg: str
    samples: int


@dataclass(frozen=True, slots=True)
class GameLayer:
    """A layer, heard from an intensity (0…1) on."""

    sound: GameFile
    from_intensity: float


@dataclass(frozen=True, slots=True)
class GameMarker:
    """A named moment of the score, `sample` from the cue's beginning; `kind` as in the MIDI file."""

    name: str
    kind: str
    sample: int


@dataclass(frozen=True, slots=True)
class Stinger:
    """A short piece to lay over a cue at any time; `kind` is "hit" or "motif"."""

    name: str
    kind: str
    sound: GameFile
    key: str


@dataclass(frozen=True, slots=True)
class GameTransition:
    """How the music goes on to another cue: `bars` whole bars to sample `end`, in a file where they
    have notes of their own (its ringing is behind them). `places` are the samples (bar lines) at which the
    cue may be left."""

    to: str
    kind: str
    duration_s: float
    sound: GameFile | None
    bars: int
    end: int
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GameCue:
    """A cue as a game plays it. `loop` is (start, end) in samples, the end exclusive, None where it does not
    loop; `end` the sample where its last bar ends, `samples` how long its files are; `has_even_bars`: all
    bars are equally long."""

    id: str
    title: str
    tempo_bpm: float
    meter: str
    bars: int
    key: str
    sample_rate: int
    samples: int
    end: int
    loop: tuple[int, int] | None
    has_even_bars: bool
    beats: tuple[int, ...]
    downbeats: tuple[int, ...]
    markers: tuple[GameMarker, ...]
    mix: GameFile
    layers: tuple[GameLayer, ...]
    stingers: tuple[Stinger, ...]
    transitions: tuple[GameTransition, ...]

    @property
    def bar_samples(self) -> float | None:
        """Samples a bar where all bars are equally long, else None."""
        return self.end / self.bars if self.has_even_bars else None


def manifest_bytes(title: str, cues: Sequence[GameCue]) -> bytes:
    """`manifest.json`, UTF-8."""
    whole = {"format": FORMAT, "title": title, "cues": [_cue(cue) for cue in cues]}
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    return (_NUMBERS.sub(lambda found: re.sub(r"\s+", " ", found[0]), text) + "\n").encode()


def _cue(cue: GameCue) -> dict[str, Any]:
    return {
        "id": cue.id,
        "title": cue.title,
        "tempo_bpm": round(cue.tempo_bpm, 6),
        "meter": cue.meter,
        "bars": cue.bars,
        "key": cue.key,
        "sample_rate": cue.sample_rate,
        "samples": cue.samples,
        "end": cue.end,
        "loop": None if cue.loop is None else {"start": cue.loop[0], "end": cue.loop[1]},
        "beats": list(cue.beats),
        "downbeats": list(cue.downbeats),
        "markers": [{"name": one.name, "kind": one.kind, "sample": one.sample} for one in cue.markers],
        "mix": _sound(cue.mix),
        "layers": [{**_sound(one.sound), "from_intensity": one.from_intensity} for one in cue.layers],
        "stingers": [
            {"name": one.name, "kind": one.kind, **_sound(one.sound), "key": one.key} for one in cue.stingers
        ],
        "transitions": [
            {
                "to": one.to,
                "kind": one.kind,
                "duration_s": round(one.duration_s, 6),
                **({"file": None, "ogg": None} if one.sound is None else _sound(one.sound)),
                "bars": one.bars,
                "end": one.end,
                "places": list(one.places),
            }
            for one in cue.transitions
        ],
    }


def _sound(sound: GameFile) -> dict[str, str]:
    return {"file": sound.wav, "ogg": sound.ogg}
