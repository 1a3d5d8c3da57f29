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
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.generate.chord_events import (
    CHORD_COUNT,
    FEATURES,
    SLOTS,
    TENSION_LEVELS,
    EventContext,
    chord_number,
    chord_restlessness,
    chord_tone,
    encode,
)
from engine.train.music.data import dataset

SEQUENCE: Final = 48
"""Events a training sequence has: some 16 to 32 bars."""
HIDDEN: Final = 112
EMBEDDING: Final = 40
UNTOLD: Final = 0.2
"""Share of sequences trained with the median tension told, so that the model also knows chords for
themselves."""
GROUP: Final = 4
"""Bars of the phrase group whose place is told."""


@dataclass(frozen=True, slots=True)
class ChordPieces:
    """Event sequences of one split.

    Flat over events: chord and degree (0–3: which chord tone is in the bass) int [E]; features float32 [E, F
    + sources]; `first` int [P + 1]: where pieces begin; masks: Counter of (source, meter, number of changes,
    slots changed).
    """

    chord: npt.NDArray[np.int64]
    degree: npt.NDArray[np.int64]
    features: npt.NDArray[np.float32]
    first: npt.NDArray[np.int64]
    minor: npt.NDArray[np.bool_]
    masks: Counter[tuple[str, int, int, int]]
    returns: dict[str, tuple[int, int]]


def read_chords(arrays: dataset.Arrays, split: str, sources: tuple[str, ...]) -> ChordPieces:
    """All pieces of a split as event sequences, cut where bars are missing or the metre changes."""
    wanted = np.flatnonzero(arrays["piece_split"] == split)
    restless = chord_restlessness()
    parts: dict[str, list[npt.NDArray[Any]]] = defaultdict(list)
    first = [0]
    masks: Counter[tuple[str, int, int, int]] = Counter()
    returns = {source: [0, 0] for source in sources}
    breaks = np.flatnonzero(
        (np.diff(arrays["bar_piece"]) != 0)
        | (np.diff(arrays["bar_index"]) != 1)
        | (np.diff(arrays["bar_meter"]) != 0)
    )
    edges = np.concatenate([[0], breaks + 1, [len(arrays["bar_piece"])]])
    phrase_start = _melody_gaps(arrays)
    for begin, end in pairwise(edges.tolist()):
        piece = int(arrays["bar_piece"][begin])
        source = str(arrays["piece_source"][piece])
        if end - begin < 8 or piece not in wanted or source not in sources:
            continue
        meter = int(arrays["bar_meter"][begin])
        bars = arrays["bar_chords"][begin:end, : SLOTS[meter]].astype(np.int64)
        number = chord_number(bars[:, :, 0], bars[:, :, 1]).reshape(-1)
        if (number < 0).mean() > 0.3:
            continue
        number = _carry(number)
        group = (np.arange(end - begin) - _phase(phrase_start[begin:end])) % GROUP
        _count_returns(number.reshape(end - begin, -1), group, returns[source])
        events = np.flatnonzero(np.r_[True, number[1:] != number[:-1]])
        bar = events // SLOTS[meter]
        _count_masks(masks, source, meter, events, end - begin)
        part = np.cumsum(group == 0)
        mean = restless[number].reshape(end - begin, -1).mean(axis=1)
        calm = (np.bincount(part, weights=mean) / np.maximum(np.bincount(part), 1))[part]
        context = EventContext(
            1 - arrays["bar_mode"][begin:end].astype(np.int64)[bar],
            np.full(len(events), meter),
            events % SLOTS[meter],
            group[bar],
            end - begin - 1 - bar,
            np.diff(np.r_[events, len(number)]),
            calm[bar],
        )
        told = np.zeros((len(events), len(sources)))
        told[:, sources.index(source)] = 1.0
        bass = bars[:, :, 2].reshape(-1)[events]
        parts["chord"].append(number[events])
        parts["degree"].append(_degrees(number[events], bass))
        parts["features"].append(np.concatenate([encode(context), told], axis=1).astype(np.float32))
        parts["tension"].append(calm[bar])
        parts["minor"].append(context.minor.astype(np.bool_))
        first.append(first[-1] + len(events))
    counted = {source: (pair[0], pair[1]) for source, pair in returns.items()}
    return ChordPieces(
        np.concatenate(parts["chord"]),
        np.concatenate(parts["degree"]),
        np.concatenate(parts["features"]),
        np.array(first),
        np.concatenate(parts["minor"]),
        masks,
        counted,
    )


def _carry(number: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where no chord is known the one before holds on (the first known one before the first)."""
    known = np.flatnonzero(number >= 0)
    at = np.searchsorted(known, np.arange(len(number)), "right") - 1
    return np.asarray(number[known[np.maximum(at, 0)]])


def _degrees(chord: npt.NDArray[np.int64], bass: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Which chord tone lies in the bass, 0–3; a bass outside the chord counts as root position."""
    result = np.zeros(len(chord), dtype=np.int64)
    for degree in (3, 2, 1):
        tone = np.array([chord_tone(int(c), degree) for c in chord])
        result[(tone == bass) & (tone != chord % 12)] = degree
    return result


def _melody_gaps(arrays: dataset.Arrays) -> npt.NDArray[np.float64]:
    """How clearly a melodic phrase begins at each bar: the longest wait for a melody onset around its bar
    line, [B]."""
    notes, row = arrays["notes"], arrays["note_bar"].astype(np.int64)
    melody = notes[:, 6] == 0
    position = row[melody] * 16 + notes[melody, 2].astype(np.int64)
    gap = np.diff(np.r_[position, position[-1:] + 16]).clip(0, 24)
    strength = np.zeros(len(arrays["bar_piece"]) + 2)
    target = (position + gap + 8) // 16  # the bar line nearest to where the next note begins
    np.maximum.at(strength, np.minimum(target, len(strength) - 1), gap.astype(np.float64))
    return strength[:-2]


def _phase(strength: npt.NDArray[np.float64]) -> int:
    """Which bar (mod four) phrases begin on."""
    usable = len(strength) // GROUP * GROUP
    return int(strength[:usable].reshape(-1, GROUP).mean(axis=0).argmax())


def _count_masks(
    masks: Counter[tuple[str, int, int, int]],
    source: str,
    meter: int,
    events: npt.NDArray[np.int64],
    bars: int,
) -> None:
    slots = SLOTS[meter]
    changed = np.zeros(bars * slots, dtype=np.int64)
    changed[events[1:]] = 1
    table = changed.reshape(bars, slots)
    codes = (table << np.arange(slots)).sum(axis=1)
    for code in codes[1:].tolist():
        masks[source, meter, code.bit_count(), code] += 1


def _count_returns(chords: npt.NDArray[np.int64], group: npt.NDArray[np.int64], tally: list[int]) -> None:
    """Counts groups of four bars whose first two bars have the harmony of the group before: [yes, all]."""
    starts = np.flatnonzero(group == 0)
    for begin in starts[(starts >= 4) & (starts + 2 <= len(chords))].tolist():
        tally[0] += int(np.array_equal(chords[begin : begin + 2], chords[begin - 4 : begin - 2]))
        tally[1] += 1


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
                (chord_loss + 0.3 * bass_loss).backward()  # type: ignore[no-untyped-call]
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


def without_tension(pieces: ChordPieces) -> ChordPieces:
    """The same pieces with the median tension told everywhere: how much of the gain is knowing it."""
    features = pieces.features.copy()
    features[:, FEATURES - 2 : FEATURES] = 0.0
    return replace(pieces, features=features)


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
        "version": 1,
        "sources": list(sources),
        "hidden": HIDDEN,
        "embedding": EMBEDDING,
        "masks": masks,
        "returns": {
            source: round(yes / max(every, 1), 4) for source, (yes, every) in training.returns.items()
        },
        "tension_quantiles": tension,
    }
    (out / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")


def ranked_tension(pieces: list[ChordPieces]) -> list[float]:
    """Replaces the tension feature by its coarse rank among training events, in place; returns the
    quantiles."""
    column = pieces[0].features.shape[1]
    at = FEATURES - 2
    assert column > FEATURES
    raw = (pieces[0].features[:, at] / 2 + 0.5).astype(np.float64)
    table = np.quantile(raw, np.linspace(0, 1, 101))
    for piece in pieces:
        values = piece.features[:, at] / 2 + 0.5
        rank = np.interp(values, table + np.arange(101) * 1e-9, np.linspace(0, 1, 101))
        rank = np.round(rank * TENSION_LEVELS) / TENSION_LEVELS - 0.5
        piece.features[:, at], piece.features[:, at + 1] = 2 * rank, 4 * rank * rank
    return [round(float(v), 5) for v in table]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="bars.npz")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).resolve().parents[2] / "weights" / "harmony"
    )
    parser.add_argument("--log", type=Path, required=True, help="folder for the training log")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--epochs", type=int, default=1000)
    options = parser.parse_args()
    torch.set_num_threads(1)
    arrays = dataset.load(options.data)
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


if __name__ == "__main__":
    main()
