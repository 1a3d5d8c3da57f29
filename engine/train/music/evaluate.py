"""The generator's table: real held-out phrases beside their reconstruction, the VAE prior and the GAN, on the
same conditions.

`evaluate` returns the figures by column; `table` prints them as Markdown; `pictures` draws piano rolls. All
columns share the held-out phrases' harmony, roles and asked percentiles; "GAN" is decoded as it ships, with
the rules of `writing`.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from scipy.stats import spearmanr
from torch import Tensor

from engine.generate.config import CONTEXT, WINDOW
from engine.generate.grid import FIRST_PITCH, LINES, SPECS
from engine.generate.weights import Networks
from engine.generate.writing import BarsToDecode, decode_bars
from engine.music.descriptors import CONDITIONS, conditions
from engine.train.music.gan import PhraseData, encode_all, gather_latents, phrase_data, standardise
from engine.train.music.measures import (
    PhraseSet,
    descriptors_of,
    features,
    measure,
    note_table,
    overlap,
    runs,
)
from engine.train.music.tensors import SPLITS, Bars

Rows = npt.NDArray[np.int64]


def real_set(bars: Bars, rows: Rows) -> PhraseSet:
    """Real phrases: rows int [W, 8]."""
    flat = rows.reshape(-1)
    arrays = bars.arrays
    return PhraseSet(
        arrays.tokens[:, flat],
        arrays.onsets[:, flat],
        arrays.sounds[:, flat],
        arrays.present[flat],
        bars.chords[flat],
        bars.meter[flat],
        bars.minor[flat],
    )


def decoded_set(networks: Networks, bars: Bars, rows: Rows, latent: Tensor, rules: bool) -> PhraseSet:
    """Phrases decoded from raw latents [W, 8, total] under the real phrases' harmony, metre and roles."""
    flat = rows.reshape(-1)
    previous = np.arange(len(flat)) - 1
    previous[::WINDOW] = -1
    asked = bars.arrays.present[flat]
    played = decode_bars(
        networks.codec,
        BarsToDecode(
            latent.reshape(len(flat), -1),
            bars.chords[flat],
            bars.meter[flat],
            bars.minor[flat],
            asked,
            previous,
            np.zeros(len(flat), bool),
            np.zeros(len(flat), bool),
        ),
        rules,
    )
    return PhraseSet(
        played.tokens,
        played.onsets,
        played.sounds,
        asked,
        bars.chords[flat],
        bars.meter[flat],
        bars.minor[flat],
    )


def generate(networks: Networks, data: PhraseData, index: Tensor, seed: int) -> Tensor:
    """Standardised latents [W, 8, total] for the conditions of real phrases."""
    chance = torch.Generator().manual_seed(seed)
    gan = networks.config.gan
    context, _ = gather_latents(data, index)
    noise = torch.randn(len(index), WINDOW, gan.noise, generator=chance)
    overall = torch.randn(len(index), gan.noise_global, generator=chance)
    with torch.no_grad():
        latent: Tensor = networks.generator(data.phrases.rows(index), context, noise, overall)
    return latent


def control(phrases: PhraseSet, asked: npt.NDArray[np.float32]) -> dict[str, float]:
    """Rank correlation, bar by bar, of asked percentiles [B, 7] with those measured."""
    heard = conditions(descriptors_of(phrases))
    return {
        f"control ρ, {name}": float(spearmanr(asked[:, column], heard[:, column]).statistic)
        for column, name in enumerate(CONDITIONS)
    }


def training_runs(bars: Bars, length: int = 8) -> set[bytes]:
    """Every run of `length` melody notes with its rhythm in the training split, as `measures.runs` writes
    them."""
    line = LINES.index(0)
    row, column = np.nonzero(bars.arrays.tokens[line] >= FIRST_PITCH)
    keep = bars.split[row] == 0
    row, column = row[keep], column[keep]
    pitch = bars.arrays.tokens[line][row, column].astype(np.int64) - FIRST_PITCH + SPECS[0].low
    # Phrases count sixteen steps a bar whatever the metre; here too, so that the bytes agree.
    time_at = row * 16 + column
    seen = set()
    gaps = np.diff(time_at).astype(np.int16)
    run = bars.run[row]
    pitches = pitch.astype(np.int16)
    for first in np.flatnonzero(run[: 1 - length] == run[length - 1 :]):
        seen.add(pitches[first : first + length].tobytes() + gaps[first : first + length - 1].tobytes())
    return seen


def copied(phrases: PhraseSet, seen: set[bytes]) -> float:
    """Share of eight-note runs that stand in the training set."""
    found = runs(note_table(phrases))
    return float(np.mean([run in seen for run in found])) if found else 0.0


def evaluate(
    networks: Networks,
    bars: Bars,
    split: str = "test",
    count: int = 384,
    seed: int = 11,
    folder: Path | None = None,
) -> dict[str, dict[str, float]]:
    """Figures by column: real, reconstructed, VAE prior, GAN. With `folder` also draws eight phrases of each
    there."""
    present = torch.from_numpy(bars.arrays.present)
    latents = networks.config.codec.latents
    raw = encode_all(networks.codec, bars, bars.split == SPLITS.index(split))
    latent = standardise(raw, present, networks.mean, networks.scale, latents)
    data = phrase_data(bars, latent, split, hop=4)
    index = chosen(bars, data, count, seed)
    rows = data.rows[index][:, CONTEXT:].numpy()
    other = data.rows[chosen(bars, data, count, seed + 1)][:, CONTEXT:].numpy()
    asked = bars.conditions[rows.reshape(-1)]
    begun = time.perf_counter()
    made = generate(networks, data, index, seed) * networks.scale + networks.mean
    sets = {
        "real": real_set(bars, rows),
        "reconstructed": decoded_set(networks, bars, rows, raw[torch.from_numpy(rows)], False),
    }
    noise = torch.randn(made.shape, generator=torch.Generator().manual_seed(seed))
    sets["VAE prior"] = decoded_set(networks, bars, rows, noise, False)
    begun = time.perf_counter()
    sets["GAN, no rules"] = decoded_set(networks, bars, rows, made, False)
    begun = time.perf_counter()
    sets["GAN"] = decoded_set(networks, bars, rows, made, True)
    seconds = time.perf_counter() - begun
    seen = training_runs(bars)
    half = real_set(bars, other)
    reference = features(half, note_table(half))
    columns: dict[str, dict[str, float]] = {}
    for name, phrases in sets.items():
        figures = measure(phrases)
        figures["mean overlap with real"] = overlap(reference, features(phrases, note_table(phrases)))
        figures |= control(phrases, asked)
        figures["copied runs"] = copied(phrases, seen)
        columns[name] = figures
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            eight = np.linspace(0, len(rows) - 1, 8).astype(int).tolist()
            pictures(phrases, folder / f"{name.replace(' ', '-')}.png", eight, name)
    columns["GAN"]["bars/s decoded"] = rows.size / seconds
    return columns


def chosen(bars: Bars, data: PhraseData, count: int, seed: int) -> Tensor:
    """Phrases of a split, every source counting by the square root of its size as in training: int
    [count]."""
    source = bars.source[data.rows[:, CONTEXT].numpy()]
    size = np.bincount(source, minlength=len(bars.sources))
    weight = 1 / np.sqrt(np.maximum(size[source], 1))
    rng = np.random.default_rng(seed)
    picked = rng.choice(len(source), min(count, len(source)), replace=False, p=weight / weight.sum())
    return torch.from_numpy(np.sort(picked))


def table(columns: dict[str, dict[str, float]]) -> str:
    """The figures as a Markdown table, a measure a line."""
    names = list(columns)
    measures = list(dict.fromkeys(measure for figures in columns.values() for measure in figures))
    lines = ["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for label in measures:
        cells = [format_figure(columns[name].get(label)) for name in names]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def format_figure(value: float | None) -> str:
    if value is None or np.isnan(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3f}"


COLOURS = {0: "tab:red", 1: "tab:orange", 2: "tab:blue", 3: "tab:green", 4: "0.4"}


def pictures(phrases: PhraseSet, path: Path, which: Sequence[int], title: str) -> None:
    """Piano rolls of some phrases as one PNG: melody red, counter orange, chords blue, bass green, drums grey
    below."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    notes = note_table(phrases)
    figure, axes = plt.subplots(
        -(-len(which) // 2), 2, figsize=(18, 2.6 * -(-len(which) // 2)), squeeze=False
    )
    for axis, phrase in zip(axes.ravel(), which, strict=False):
        mine = notes[notes[:, 0] // 8 == phrase]
        for bar, step, steps, pitch, _, role in mine.tolist():
            height = 22 + pitch if role == 4 else pitch
            axis.plot(
                [(bar % 8) * 16 + step, (bar % 8) * 16 + step + steps - 0.3],
                [height] * 2,
                c=COLOURS[role],
                lw=2.4,
            )
        axis.set_xticks(range(0, 129, 16))
        axis.set_xlim(0, 128)
        axis.set_ylim(22, 92)
        axis.grid(axis="x", alpha=0.5)
    figure.suptitle(title)
    figure.tight_layout()
    figure.savefig(path, dpi=60)
    plt.close(figure)
