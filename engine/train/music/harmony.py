"""Trains the harmony model on the chords of the training bars: a small recurrent network against a Markov
model.

Chords become events (`engine.generate.chord_events`); both models are scored on the same held-out events, and
the network ships because it wins. What is counted, not learnt by gradient, goes beside it: where in a bar
chords change, how often the second half of a phrase repeats the first.
"""

import argparse
import csv
import json
import time
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.errors import MediaError
from engine.generate.chord_events import (
    CHORD_COUNT,
    FEATURES,
)
from engine.train.music.chord_pieces import (
    ChordPieces,
    ranked_tension,
    read_chords,
    tension_levels,
    without_tension,
)
from engine.train.music.curves import draw_curves
from engine.train.music.data import dataset
from engine.train.music.data.prepare import prepared_bars

SEQUENCE: Final = 48
"""Events a training sequence has: some 16 to 32 bars."""
HIDDEN: Final = 112
EMBEDDING: Final = 40
UNTOLD: Final = 0.2
"""Share of sequences trained with the median tension told, so that the model also knows chords for
themselves."""


class HarmonyNetwork(nn.Module):
    """Events so far and what is known of the next → the next chord, then which of its tones lies in the
    bass."""

    def __init__(self, sources: int, hidden: int = HIDDEN, embedding: int = EMBEDDING) -> None:
        super().__init__()
        self.embed = nn.Embedding(CHORD_COUNT + 1, embedding)
        self.recur = nn.GRU(embedding + FEATURES + sources, hidden, batch_first=True)
        self.chord = nn.Linear(hidden, CHORD_COUNT)
        self.bass = nn.Linear(hidden + embedding, 4)

    def forward(self, chord: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        """chord [N, T], features [N, T, F] → logits of each chord given those before [N, T, 132], of its bass
        [N, T, 4]."""
        before = F.pad(chord[:, :-1], (1, 0), value=CHORD_COUNT)
        state, _ = self.recur(torch.cat([self.embed(before), features], -1))
        state = F.dropout(state, 0.15, self.training)
        logits = self.chord(state)
        same = F.one_hot(before, CHORD_COUNT + 1)[..., :CHORD_COUNT].bool()
        bass: Tensor = self.bass(torch.cat([state, self.embed(chord)], -1))
        return logits.masked_fill(same, -1e9), bass


def sequences(pieces: ChordPieces, length: int = SEQUENCE) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Pieces cut into sequences: chord [N, T], degree [N, T], features [N, T, F], weight [N, T] (0 =
    padding)."""
    rows = []
    for begin, end in pairwise(pieces.first.tolist()):
        rows += [
            (at, min(at + length, end)) for at in range(begin, end, length) if min(at + length, end) - at >= 4
        ]
    index = np.array([np.minimum(np.arange(a, a + length), b - 1) for a, b in rows])
    weight = np.array([np.arange(a, a + length) < b for a, b in rows])
    return (
        torch.from_numpy(pieces.chord[index]),
        torch.from_numpy(pieces.degree[index]),
        torch.from_numpy(pieces.features[index]),
        torch.from_numpy(weight.astype(np.float32)),
    )


def losses(network: HarmonyNetwork, batch: tuple[Tensor, Tensor, Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    """Mean negative log-likelihood of chords and of basses."""
    chord, degree, features, weight = batch
    logits, bass = network(chord, features)
    total = weight.sum()
    nll = (
        F.cross_entropy(logits.flatten(0, 1), chord.flatten(), reduction="none") * weight.flatten()
    ).sum() / total
    low = (
        F.cross_entropy(bass.flatten(0, 1), degree.flatten(), reduction="none") * weight.flatten()
    ).sum() / total
    return nll, low


def train(
    training: ChordPieces,
    held: ChordPieces,
    sources: int,
    seconds: float,
    log: Path,
    seed: int = 1,
    epochs: int = 1000,
) -> tuple[HarmonyNetwork, list[tuple[float, float, float]]]:
    """Adam with a falling rate for at most `seconds` or `epochs`; keeps the epoch best on held-out pieces."""
    torch.manual_seed(seed)
    network = HarmonyNetwork(sources)
    optimiser = torch.optim.AdamW(network.parameters(), 3e-3, weight_decay=0.01)
    data, dev = sequences(training), sequences(held)
    generator = torch.Generator().manual_seed(seed)
    begun = time.perf_counter()
    best, kept = float("inf"), {k: v.clone() for k, v in network.state_dict().items()}
    curve: list[tuple[float, float, float]] = []
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("seconds", "train_nll", "dev_nll", "dev_bass_nll"))
        while (done := max((time.perf_counter() - begun) / seconds, len(curve) / epochs)) < 1:
            for group in optimiser.param_groups:
                group["lr"] = 3e-3 * max(0.03, 1 - done)
            network.train()
            seen = []
            for rows in torch.randperm(len(data[0]), generator=generator).split(64):
                features = data[2][rows].clone()
                untold = torch.rand(len(rows), generator=generator) < UNTOLD
                features[untold, :, FEATURES - 2 : FEATURES] = 0.0
                chord_loss, bass_loss = losses(
                    network, (data[0][rows], data[1][rows], features, data[3][rows])
                )
                optimiser.zero_grad()
                (chord_loss + 0.3 * bass_loss).backward()
                nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                optimiser.step()
                seen.append(float(chord_loss.detach()))
            network.eval()
            with torch.no_grad():
                chord_loss, bass_loss = losses(network, dev)
            writer.writerow(
                (round(time.perf_counter() - begun, 1), np.mean(seen), float(chord_loss), float(bass_loss))
            )
            stream.flush()
            curve.append((float(np.mean(seen)), float(chord_loss), float(bass_loss)))
            if float(chord_loss) < best:
                best = float(chord_loss)
                kept = {k: v.clone() for k, v in network.state_dict().items()}
    network.load_state_dict(kept)
    network.eval()
    return network, curve


def markov_nll(training: ChordPieces, held: ChordPieces) -> float:
    """Held-out negative log-likelihood of interpolated Markov models of mode and one or two chords
    (Witten–Bell): the better order's. Contexts of place in bar and phrase made it worse."""
    return min(_markov_nll(training, held, order) for order in (1, 2))


def _markov_nll(training: ChordPieces, held: ChordPieces, order: int) -> float:
    contexts: dict[tuple[int, ...], Counter[int]] = defaultdict(Counter)

    def levels(pieces: ChordPieces, at: int, begin: int) -> list[tuple[int, ...]]:
        before = tuple(int(pieces.chord[at - k]) if at - k >= begin else -1 for k in range(1, order + 1))
        return [(int(pieces.minor[at]), *before[:k]) for k in range(order + 1)]

    for begin, end in pairwise(training.first.tolist()):
        for at in range(begin, end):
            for level in levels(training, at, begin):
                contexts[level][int(training.chord[at])] += 1
    total = 0.0
    for begin, end in pairwise(held.first.tolist()):
        for at in range(begin, end):
            chord = int(held.chord[at])
            probability = 1.0 / CHORD_COUNT
            for level in levels(held, at, begin):
                seen = contexts.get(level)
                if seen:
                    count, kinds = seen.total(), len(seen)
                    probability = (seen[chord] + kinds * probability) / (count + kinds)
            total -= float(np.log(probability))
    return total / int(held.first[-1])


def lookahead(training: ChordPieces) -> npt.NDArray[np.float32]:
    """log P(next | chord) by mode, smoothed: [2, CHORD_COUNT, CHORD_COUNT]; steers towards a cadence one
    event ahead."""
    table = np.full((2, CHORD_COUNT, CHORD_COUNT), 0.02)
    inside = np.ones(len(training.chord), dtype=np.bool_)
    inside[training.first[:-1]] = False
    at = np.flatnonzero(inside)
    np.add.at(table, (training.minor[at].astype(np.int64), training.chord[at - 1], training.chord[at]), 1.0)
    return np.asarray(np.log(table / table.sum(axis=2, keepdims=True)), dtype=np.float32)


def write_weights(
    network: HarmonyNetwork, training: ChordPieces, sources: tuple[str, ...], tension: list[float], out: Path
) -> None:
    """`harmony.safetensors` and `config.json`: all that `engine.generate.harmony` loads."""
    from safetensors.numpy import save_file

    tensors = {name: value.numpy().astype(np.float32) for name, value in network.state_dict().items()}
    tensors["lookahead"] = lookahead(training).astype(np.float16)
    out.mkdir(parents=True, exist_ok=True)
    save_file(tensors, out / "harmony.safetensors")
    masks: dict[str, dict[str, int]] = {}
    for (source, meter, changes, code), count in sorted(training.masks.items()):
        masks.setdefault(f"{source}/{meter}/{changes}", {})[str(code)] = count
    config = {
        "format": "melodrama-harmony",
        "version": 2,
        "sources": list(sources),
        "hidden": HIDDEN,
        "embedding": EMBEDDING,
        "masks": masks,
        "returns": {
            source: round(yes / max(every, 1), 4) for source, (yes, every) in training.returns.items()
        },
        "tension_quantiles": tension,
        "tension_levels": tension_levels(training, sources),
        "paces": training.paces,
    }
    (out / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="melodrama train harmony", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the archives, packed or not, or a bars.npz")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).resolve().parents[2] / "weights" / "harmony"
    )
    parser.add_argument("--log", type=Path, required=True, help="folder for the training log")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--epochs", type=int, default=1000)
    parser.add_argument("--sources", default="", help="only these archives, by commas")
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.log.mkdir(parents=True, exist_ok=True)
    try:
        wanted = tuple(name for name in options.sources.split(",") if name)
        arrays = dataset.load(prepared_bars(options.data, options.log / "data", print, wanted))
    except (MediaError, OSError, ValueError) as error:
        raise SystemExit(f"melodrama train harmony: {error}") from error
    sources = tuple(sorted(set(arrays["piece_source"].tolist())))
    training, held, test = (read_chords(arrays, split, sources) for split in ("train", "dev", "test"))
    tension = ranked_tension([training, held, test])
    print(f"events: {training.first[-1]} training, {held.first[-1]} dev, {test.first[-1]} test", flush=True)
    markov = markov_nll(training, test)
    print(f"markov: test perplexity {np.exp(markov):.2f}", flush=True)
    log = options.log / "harmony.csv"
    network, curve = train(training, held, len(sources), options.seconds, log, epochs=options.epochs)
    with torch.no_grad():
        chord_loss, bass_loss = losses(network, sequences(test))
        blind_loss, _ = losses(network, sequences(without_tension(test)))
    print(f"network: {len(curve)} epochs, test perplexity {np.exp(float(chord_loss)):.2f}, ", end="")
    print(f"bass {np.exp(float(bass_loss)):.3f}", flush=True)
    write_weights(network, training, sources, tension, options.out)
    report = {
        "events": [int(p.first[-1]) for p in (training, held, test)],
        "markov_test_perplexity": float(np.exp(markov)),
        "network_test_perplexity": float(np.exp(float(chord_loss))),
        "network_test_perplexity_without_tension": float(np.exp(float(blind_loss))),
        "bass_test_perplexity": float(np.exp(float(bass_loss))),
    }
    (options.log / "harmony.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    draw_curves([log], options.log / "harmony.png")


if __name__ == "__main__":
    main()
