"""Labels phrases of the archives with the styles that they are training examples of.

An archive holds many styles: a pop song has ambient bars and bars like a music box. Each phrase is measured
(register, density, sevenths, pentatonic tune …) and teaches the styles whose description it fits; a phrase
that fits none teaches its archive alone.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.generate.cadence import PENTATONIC
from engine.generate.config import WINDOW
from engine.generate.grid import FIRST_PITCH, LINES, SPECS
from engine.music.descriptors import CONDITIONS, DESCRIPTORS
from engine.music.theory import QUALITIES
from engine.train.music.tensors import STYLES, Bars

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SEVENTHS = ("7", "maj7", "min7", "m7b5", "dim7")

KEYBOARD = ("pop909", "vgmidi", "openscore_lieder")
SONGS = ("pop909", "openscore_lieder", "openewld", "vgmidi")


def teach(bars: Bars) -> Bars:
    """The same bars with `taught` (bool [B, styles]) labelled phrase by phrase instead of by archive."""
    return replace(bars, taught=style_labels(bars))


def phrase_measures(bars: Bars) -> dict[str, Floats]:
    """Means over the eight bars from each bar on [B]: percentiles, descriptors, presence of each role, and
    how pentatonic the tune and how rich in sevenths the harmony is. Wrong where fewer than eight bars
    follow; such bars begin no phrase."""
    named = {name: bars.conditions[:, i] for i, name in enumerate(CONDITIONS)}
    raw = {f"raw {name}": bars.descriptors[:, i] for i, name in enumerate(DESCRIPTORS)}
    roles = {f"{spec.name} plays": bars.arrays.present[:, i] for i, spec in enumerate(SPECS)}
    table = {name: mean_ahead(np.nan_to_num(v.astype(float))) for name, v in (named | raw | roles).items()}
    tokens = bars.arrays.tokens[LINES.index(0)].astype(np.int64)
    struck = tokens >= FIRST_PITCH
    classes = (tokens - FIRST_PITCH + SPECS[0].low) % 12
    inside = np.zeros((2, 12), bool)
    for minor, scale in PENTATONIC.items():
        inside[int(minor), list(scale)] = True
    fitting = struck & inside[bars.minor.astype(int)[:, None], classes]
    count = mean_ahead(struck.sum(1).astype(float))
    table["tune notes"] = count
    table["pentatonic"] = mean_ahead(fitting.sum(1).astype(float)) / np.maximum(count, 1e-9)
    rich = np.isin(bars.chords[..., 1], [QUALITIES.index(name) for name in SEVENTHS])
    table["sevenths"] = mean_ahead(rich.mean(1))
    return table


def mean_ahead(values: Floats) -> Floats:
    """Mean of each bar and the seven after it [B]; fewer at the end."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    stop = np.minimum(np.arange(len(values)) + WINDOW, len(values))
    result: Floats = (total[stop] - total[:-1]) / WINDOW
    return result


def style_labels(bars: Bars) -> Mask:
    """Which styles the phrase that begins with each bar teaches: bool [B, 10], in the order of `STYLES`."""
    table = phrase_measures(bars)

    def of(*sources: str) -> Mask:
        numbers = [bars.sources.index(name) for name in sources if name in bars.sources]
        return np.isin(bars.source, numbers)

    guofeng = (
        of(*SONGS)
        & (table["pentatonic"] > 0.96)
        & (table["tune notes"] > 1.5)
        & (table["sevenths"] < 0.4)
        & (table["tension"] < 0.6)
    )
    noir = of(*SONGS) & (table["sevenths"] > 0.45) & (table["tension"] > 0.48) & ~guofeng
    ambient = (
        ~of("nesmdb", "openewld")
        & (table["density"] < 0.3)
        & (table["harmonic_rhythm"] < 0.55)
        & (table["chords plays"] > 0.6)
    )
    folk = (
        of("openewld", "openscore_lieder")
        & (table["sevenths"] < 0.2)
        & (table["tension"] < 0.5)
        & (table["melody plays"] > 0.9)
        & ~ambient
    )
    heavy = (table["density"] > 0.6) & (table["register"] < 0.5) & (table["polyphony"] > 0.5)
    tests = {
        "piano": of(*KEYBOARD)
        & (table["polyphony"] > 0.4)
        & (table["chords plays"] > 0.8)
        & ~(guofeng | noir | ambient | folk),
        "strings": of("openscore_quartets", "jsb", "js_fakes") & (table["counter plays"] > 0.7),
        "orchestra": of("openscore_orchestra"),
        "ambient": ambient,
        "folk": folk,
        "guofeng": guofeng,
        "chiptune": of("nesmdb") & (table["density"] > 0.3),
        "noir": noir,
        "epic": of("freedoom")
        | (of("openscore_orchestra", "openscore_quartets") & heavy & (table["bass plays"] > 0.9)),
        "musicbox": ~of("freedoom", "openscore_orchestra")
        & (table["register"] > 0.8)
        & (table["melody plays"] > 0.6)
        & (table["polyphony"] < 0.6)
        & (table["tension"] < 0.6),
    }
    nothing = np.zeros(len(bars.source), np.bool_)  # a style without a rule is known by its name alone
    return np.stack([tests.get(style, nothing) for style in STYLES], 1)
