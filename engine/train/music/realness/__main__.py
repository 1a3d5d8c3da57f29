"""`melodrama evaluate told-apart`: how surely our lines and textures are told apart from real ones.

    melodrama evaluate told-apart --data RUN/data --out REPORT

`--data` holds `bars.npz` (`melodrama train bars`). For melody, counter-melody, accompaniment and whole
texture: real against other real works, their own bars shuffled, bars of different works, the generator
without the line writer (1.1), our takes; melodies also by style, and written under the conditions of real
works of the other half; a forest over figures and a network over notes; what gives them away. Writes
`told-apart.md` and `told-apart.json`. None of it is used for choosing or training.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from engine.errors import MelodramaError
from engine.models import Models
from engine.train.log import log
from engine.train.music.data.prepare import prepared_bars
from engine.train.music.realness import form_table, product
from engine.train.music.realness.folk import folk_windows
from engine.train.music.realness.judges import Verdict, forest, network
from engine.train.music.realness.lines import (
    BARS,
    Windows,
    counting,
    counts,
    first_bars,
    joined,
    mixed,
    real_windows,
    shuffled,
    thinned,
)
from engine.train.music.realness.texture_features import CHORDS, sounding
from engine.train.music.tensors import STYLES, Bars, load_bars

REFERENCES: dict[str, tuple[tuple[str, ...], int]] = {
    "melody": (("openscore_lieder", "openewld"), 0),
    "counter": (("openscore_quartets", "jsb", "pop909"), 1),
    "accompaniment": (("openscore_lieder", "pop909", "vgmidi"), 0),
    "whole": (("openscore_lieder", "pop909", "vgmidi"), 0),
}
"""What each part is held against: collections, and the line by which windows count."""


def references(bars: Bars, part: str, most: int = 400) -> Windows:
    """Held-out real windows (dev and test works) of a part."""
    sources, line = REFERENCES[part]
    found = real_windows(bars, sources, (1, 2), line)
    if part in ("accompaniment", "whole"):
        found = found.pick(sounding(found, CHORDS) >= 0.5)
    return thinned(found, most, np.random.default_rng(4))


def usable(windows: Windows, part: str) -> Windows:
    """Those of our windows that count for a part."""
    if part in ("melody", "counter"):
        return counting(windows, REFERENCES[part][1])
    return windows.pick(sounding(windows, CHORDS) >= 0.5)


def rows(
    real: Windows,
    ours: dict[str, Windows],
    part: str,
    judge: Callable[[Windows, Windows, str], Verdict],
    conditioned: Windows | None = None,
) -> dict[str, Verdict]:
    """The table of a part: controls first, then ours, each against real windows of other works.
    `conditioned`: ours under the conditions of the works of `real`, each half against the other's."""
    rng = np.random.default_rng(2)
    works = rng.permutation(np.unique(real.piece))
    half = np.isin(real.piece, works[: len(works) // 2])
    one, other = real.pick(half), real.pick(~half)
    return {
        "real, other works": judge(one, other, part),
        "own bars shuffled": judge(usable(shuffled(one, rng), part), other, part),
        "bars of different works": judge(usable(mixed(one, rng), part), other, part),
        **(
            {}
            if conditioned is None
            else {
                "ours, conditions of one half": judge(
                    conditioned.pick(np.isin(conditioned.piece, one.piece)), other, part
                ),
                "ours, conditions of the other half": judge(
                    conditioned.pick(np.isin(conditioned.piece, other.piece)), one, part
                ),
            }
        ),
        **{name: judge(usable(windows, part), real, part) for name, windows in ours.items()},
    }


def main(words: Sequence[str] | None = None) -> int:
    """Measures and writes. Returns the exit code: 0, or 2 for what cannot be read."""
    parser = argparse.ArgumentParser(
        prog="melodrama evaluate told-apart",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="the archives, or a folder with bars.npz")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", help="a folder of weights in place of the shipped ones")
    parser.add_argument("--seeds", type=int, default=2, help="cues a style and quadrant (default 2)")
    parser.add_argument("--parts", default=",".join(REFERENCES))
    parser.add_argument("--arranged", type=int, default=0, help="also finished scores, best of so many takes")
    parser.add_argument("--folk", type=Path, help="Chinese folk tunes in MIDI, for guofeng melodies")
    asked = parser.parse_args(words)
    torch.set_num_threads(1)
    try:
        bars = load_bars(prepared_bars(asked.data, asked.out / "data", log))
        models = Models("cpu", asked.weights)
        ours = our_takes(models, asked.seeds, asked.arranged)
    except (MelodramaError, OSError, ValueError) as error:
        print(f"melodrama evaluate told-apart: {error}", file=sys.stderr)
        return 2
    measure(models, bars, ours, asked.parts.split(","), asked.out, asked.seeds, asked.folk)
    return 0


def measure(
    models: Models,
    bars: Bars,
    ours: dict[str, Windows],
    parts: Sequence[str],
    out: Path,
    seeds: int,
    folk: Path | None,
) -> str:
    """Judges the takes `ours`, writes `told-apart.md` and `.json` to `out`, prints and returns the tables."""
    out.mkdir(parents=True, exist_ok=True)
    returns = ""
    if models.generator.lines is not None:
        requests = product.requests_of(product.cues(STYLES, seeds))
        returns = "\n" + form_table.markdown(
            form_table.of_real(bars, REFERENCES["melody"][0], (1, 2)),
            form_table.of_ours(models.generator.lines, requests),
        )
    found: dict[str, dict[str, dict[str, object]]] = {}
    for part in parts:
        real = references(bars, part)
        log(f"{part}: {len(real)} real windows of {len(np.unique(real.piece))} works")
        conditioned, more = None, {}
        if part == "melody":
            more = by_style(ours["ours"], seeds)
            more["ours, all styles but guofeng"] = joined(
                [windows for name, windows in more.items() if name != "ours, guofeng"]
            )
            if models.generator.lines is not None:
                conditioned = product.under_real_conditions(models, bars, melody_rows(bars))
        by_forest = rows(real, ours | more, part, forest, conditioned)
        by_network = rows(real, ours, part, network, conditioned)
        if part == "melody" and folk is not None:
            by_forest |= against_folk(folk_windows(folk), more["ours, guofeng"])
        found[part] = {
            name: {
                "forest": round(v.auc, 3),
                "error": round(v.error, 3),
                "network": round(by_network[name].auc, 3) if name in by_network else None,
                "windows": v.windows,
                "telling": [(n, round(a, 3), round(b, 3)) for n, a, b in v.telling],
            }
            for name, v in by_forest.items()
        }
        (out / "told-apart.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        (out / "told-apart.md").write_text(markdown(found) + returns, encoding="utf-8")
    print(markdown(found) + returns, end="")
    return markdown(found) + returns


def against_folk(folk: Windows, guofeng: Windows) -> dict[str, Verdict]:
    """Guofeng melodies against Chinese folk tunes, beside the tunes against each other."""
    rng = np.random.default_rng(2)
    tunes = rng.permutation(np.unique(folk.piece))
    half = np.isin(folk.piece, tunes[: len(tunes) // 2])
    one, other = folk.pick(half), folk.pick(~half)
    return {
        "Chinese folk tunes, other tunes": forest(one, other, "melody"),
        "Chinese folk tunes, own bars shuffled": forest(
            usable(shuffled(one, rng), "melody"), other, "melody"
        ),
        "ours, guofeng, against Chinese folk tunes": forest(usable(guofeng, "melody"), folk, "melody"),
    }


def melody_rows(bars: Bars) -> npt.NDArray[np.int64]:
    """Rows at which the windows of real melodies begin."""
    sources, _ = REFERENCES["melody"]
    first = first_bars(bars, sources, (1, 2), BARS)
    return np.asarray(first[counts(bars.arrays.tokens[0][first[:, None] + np.arange(BARS)])])


def by_style(ours: Windows, seeds: int) -> dict[str, Windows]:
    """Our takes style by style, cues in the order of `product.cues`."""
    style = np.array([STYLES.index(each.style) for each in product.cues(STYLES, seeds)])
    return {f"ours, {name}": ours.pick(style[ours.piece] == number) for number, name in enumerate(STYLES)}


def our_takes(models: Models, seeds: int, arranged: int) -> dict[str, Windows]:
    """Takes by what made them."""
    asked = product.cues(STYLES, seeds)
    log(f"composing {len(asked)} cues")
    ours = {"ours": joined([product.unarranged(models, asked)])}
    if arranged:
        ours["ours, arranged"] = product.arranged(models, asked, arranged)
    lines, models.generator.lines = models.generator.lines, None
    ours["without the line writer (1.1)"] = product.unarranged(models, asked)
    models.generator.lines = lines
    return ours


def markdown(found: dict[str, dict[str, dict[str, object]]]) -> str:
    """The tables, and under each what gives ours away (ours / real)."""
    text = []
    for part, table in found.items():
        text += [
            f"## {part}",
            "",
            "| against real | forest AUC | network AUC | windows |",
            "|---|---|---|---|",
        ]
        for name, row in table.items():
            network_auc = "–" if row["network"] is None else row["network"]
            text.append(f"| {name} | {row['forest']} ± {row['error']} | {network_auc} | {row['windows']} |")
        telling = table["ours"]["telling"]
        assert isinstance(telling, list)
        text += ["", "; ".join(f"{n} {a} / {b}" for n, a, b in telling), ""]
    return "\n".join(text) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
