"""The generator's table: real held-out phrases beside their reconstruction, the VAE prior, a piano-roll GAN
and the GAN that ships, on the same conditions.

`evaluate` returns the figures by column; `table` prints them as Markdown; `pictures` draws piano rolls. All
columns share the held-out phrases' harmony, roles and asked percentiles; "GAN" is decoded as it ships, with
the rules of `writing`. Whole takes, with their own harmony and form, are measured in `composed` and `styles`.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from scipy.stats import spearmanr
from torch import Tensor

from engine.generate.config import CONTEXT, WINDOW
from engine.generate.weights import Networks
from engine.generate.writing import BarsToDecode, decode_bars, fill_silence
from engine.music.descriptors import CONDITIONS, conditions
from engine.train.music.gan import GanTraining
from engine.train.music.measures import (
    PhraseSet,
    descriptors_of,
    features,
    measure,
    note_table,
    overlap,
    self_similarity,
)
from engine.train.music.originality import copied, nearest, training_melodies, training_runs
from engine.train.music.phrase_data import PhraseData, encode_all, gather_latents, phrase_data, standardise
from engine.train.music.pianoroll import RollGan
from engine.train.music.style_labels import teach
from engine.train.music.tensors import SPLITS, STYLES, Bars

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
    asking = BarsToDecode(
        latent.reshape(len(flat), -1),
        bars.chords[flat],
        bars.meter[flat],
        bars.minor[flat],
        asked,
        previous,
        np.zeros(len(flat), bool),
        np.zeros(len(flat), bool),
        bars.conditions[flat, 2],
    )
    played = fill_silence(asking, decode_bars(networks.codec, asking, rules))
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
    conditions, guidance = data.phrases.rows(index), networks.config.guidance
    with torch.no_grad():
        latent: Tensor = networks.generator(conditions, context, noise, overall)
        if guidance != 1.0:
            styleless = replace(conditions, style=torch.zeros_like(conditions.style))
            plain = networks.generator(styleless, context, noise, overall)
            latent = plain + guidance * (latent - plain)
    return latent


def control(phrases: PhraseSet, asked: npt.NDArray[np.float32]) -> dict[str, float]:
    """Rank correlation, bar by bar, of asked percentiles [B, 7] with those measured."""
    heard = conditions(descriptors_of(phrases))
    return {
        f"control ρ, {name}": float(spearmanr(asked[:, column], heard[:, column]).statistic)
        for column, name in enumerate(CONDITIONS)
    }


def evaluate(
    networks: Networks,
    bars: Bars,
    split: str = "test",
    count: int = 384,
    seed: int = 11,
    folder: Path | None = None,
    baseline_seconds: float = 0.0,
    log: Callable[[str], None] = print,
) -> dict[str, dict[str, float]]:
    """Figures by column: real, reconstructed, VAE prior, piano-roll GAN (trained on the spot for so many
    processor seconds, none at 0), GAN. With `folder` also draws eight phrases of each there."""
    bars = teach(bars)
    wanted = bars.split == SPLITS.index(split)
    raw = encode_all(networks.codec, bars, wanted)
    present = torch.from_numpy(bars.arrays.present)
    latents = networks.config.codec.latents
    latent = standardise(raw, present, networks.mean, networks.scale, latents)
    data = in_order(phrase_data(bars, latent, split, hop=4), bars, networks.config.gan.sources)
    index = chosen(bars, data, count, seed)
    rows = data.rows[index][:, CONTEXT:].numpy()
    other = data.rows[chosen(bars, data, count, seed + 1)][:, CONTEXT:].numpy()
    made = generate(networks, data, index, seed) * networks.scale + networks.mean
    real = real_set(bars, rows)
    noise = torch.randn(made.shape, generator=torch.Generator().manual_seed(seed))
    sets = {
        "real": real,
        "reconstructed": decoded_set(networks, bars, rows, raw[torch.from_numpy(rows)], False),
        "VAE prior": decoded_set(networks, bars, rows, noise, False),
    }
    if baseline_seconds > 0:
        sets["piano-roll GAN"] = piano_roll(bars, split, rows, real, baseline_seconds, log)
    sets["GAN, no rules"] = decoded_set(networks, bars, rows, made, False)
    begun = time.perf_counter()
    sets["GAN"] = decoded_set(networks, bars, rows, made, True)
    seconds = time.perf_counter() - begun
    half = real_set(bars, other)
    columns = figures_of(sets, half, bars, bars.conditions[rows.reshape(-1)])
    columns["GAN"]["bars/s decoded"] = rows.size / seconds
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        eight = np.linspace(0, len(rows) - 1, min(8, len(rows))).astype(int).tolist()
        for name, phrases in sets.items():
            pictures(phrases, folder / f"{name.replace(' ', '-').replace(',', '')}.png", eight, name)
    return columns


def figures_of(
    sets: dict[str, PhraseSet], half: PhraseSet, bars: Bars, asked: npt.NDArray[np.float32]
) -> dict[str, dict[str, float]]:
    """All measures of phrase sets made for the same `asked` percentiles [B, 7]; `half` is other real music to
    compare with."""
    reference, profile = features(half, note_table(half)), self_similarity(half)
    seen, known = training_runs(bars), training_melodies(bars)
    columns: dict[str, dict[str, float]] = {}
    for name, phrases in sets.items():
        figures = measure(phrases)
        figures["mean overlap with real"] = overlap(reference, features(phrases, note_table(phrases)))
        alike = self_similarity(phrases)
        figures["self-similarity, next bar"] = float(alike[0])
        figures["self-similarity, four bars on"] = float(alike[3])
        figures["self-similarity, distance from real"] = float(np.abs(alike - profile).mean())
        figures |= control(phrases, asked)
        figures["copied runs"] = copied(phrases, seen)
        figures["nearest training melody differs in"] = nearest(phrases, known)
        columns[name] = figures
    return columns


def in_order(data: PhraseData, bars: Bars, sources: tuple[str, ...]) -> PhraseData:
    """The same phrases with style vectors in the order of the weights' tags; tags that they lack are left
    out."""
    mine = [*STYLES, *bars.sources]
    style = torch.zeros(len(data.rows), len(sources))
    for column, name in enumerate(sources):
        if name in mine:
            style[:, column] = data.phrases.style[:, mine.index(name)]
    return replace(data, phrases=replace(data.phrases, style=style))


def piano_roll(
    bars: Bars, split: str, rows: Rows, real: PhraseSet, seconds: float, log: Callable[[str], None]
) -> PhraseSet:
    """What a GAN over the cells of the piano roll writes for the same conditions after so much training."""
    empty = torch.zeros(len(bars), 0)
    model = RollGan(bars, phrase_data(bars, empty, "train"), GanTraining(batch=32))
    model.train(seconds, log)
    log(f"piano-roll GAN: {model.steps} steps in {seconds:.0f} s")
    held = phrase_data(bars, empty, split, hop=4)
    first = {int(row): number for number, row in enumerate(held.rows[:, CONTEXT])}
    index = torch.tensor([first[int(row)] for row in rows[:, 0]])
    return model.phrases(held, index, real)


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
    """Three decimals, whole numbers from 100 on; a dash where nothing was measured."""
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
        for role, colour in COLOURS.items():
            own = mine[mine[:, 5] == role]
            start = (own[:, 0] % 8) * 16 + own[:, 1]
            height = own[:, 3] + (22 if role == 4 else 0)
            axis.hlines(height, start, start + own[:, 2] - 0.3, colors=colour, lw=2.4)
        axis.set_xticks(range(0, 129, 16))
        axis.set_xlim(0, 128)
        axis.set_ylim(22, 92)
        axis.grid(axis="x", alpha=0.5)
    figure.suptitle(title)
    figure.tight_layout()
    figure.savefig(path, dpi=60)
    plt.close(figure)
