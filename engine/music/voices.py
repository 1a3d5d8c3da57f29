"""What a style is made of: voices by role with their thresholds and balance, and its habits of composing and
playing. The styles themselves are `engine.music.styles`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dsl.plan import RoleName

Takes = Literal["all", "top", "bottom", "pad", "kit", "struck"]
"""What a voice takes of its role: every note, the top or bottom note of each onset, the harmony held as a
pad, the drum part on a kit, or the drum part's low strokes on a pitched drum.
"""

Control = Literal["energy", "tension", "articulation", "register"]


@dataclass(frozen=True, slots=True)
class Voice:
    """One instrument in a role. It plays while `control` (0…1) is in `enters`…`leaves`; `octave` shifts
    what it takes.

    Energy is .65 dynamics + .35 brightness of the intent. `registers` is where it plays besides, and it
    rests while the voice `yields_to` (a label of its role) plays. `gain_db` and `pan` (−1 left … 1 right)
    are its balance.
    """

    label: str
    program: int
    takes: Takes = "all"
    enters: float = 0.0
    leaves: float = 1.01
    control: Control = "energy"
    octave: int = 0
    gain_db: float = 0.0
    pan: float = 0.0
    registers: tuple[float, float] = (0.0, 1.01)
    yields_to: str = ""


@dataclass(frozen=True, slots=True)
class StylePalette:
    """All that makes a style, beside its words and what the weights have learnt of it.

    Played: `swing`: where the second eighth of a beat falls, 0.5 straight. `looseness`: how much
    expressive timing, 0 machine … 1. `gain_db`: brings styles of few or soft players to the level of the
    others. `articulation`: added to the intent's. `reverb` 0…1. `drum_keys`: General MIDI drum keys
    replaced (−1: not played). `beat_from`: mean arousal of a phrase (−1…1) from which bars without drums
    are given a beat; None: never. `beat_on_toms`: low toms answer in place of snare and hi-hat.

    Composed: `tempo`: factor on what a feeling moves at. `ranges`: asked density and register, percentiles
    of all music, are mapped linearly into these parts of 0…1. `pentatonic`: lines and harmony keep to that
    scale. `harmony`: whose chords and cadences it has (a row of `engine.generate.cadence`); "": its own.
    `melody_like`: collections whose melodies its melody is written like, and how likely each is for a
    take. `accompanied_like`: the collection whose counter-melodies and basses it has.
    """

    style: str
    voices: Mapping[RoleName, tuple[Voice, ...]]
    reverb: float = 0.3
    swing: float = 0.5
    looseness: float = 1.0
    articulation: float = 0.0
    gain_db: float = 0.0
    drum_keys: Mapping[int, int] = field(default_factory=dict)
    beat_from: float | None = None
    beat_on_toms: bool = False
    tempo: float = 1.0
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    pentatonic: bool = False
    harmony: str = ""
    melody_like: Mapping[str, float] = field(
        default_factory=lambda: {"openscore_lieder": 0.6, "openewld": 0.4}
    )
    accompanied_like: str = "openscore_lieder"


KICK, SNARE, CLOSED_HAT, OPEN_HAT, CRASH, RIDE = 36, 38, 42, 46, 49, 51
"""General MIDI drum keys."""
