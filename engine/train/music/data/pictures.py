"""Pictures of the training set: what went in and what was left out and why, and a phrase of every source."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from engine.train.music.data.dataset import WINDOW, Arrays
from engine.train.music.data.report import SourceTally

REASONS_SHOWN = 6
"""Reasons told apart in the picture; rarer ones are one."""

COLOURS = ("tab:red", "tab:orange", "tab:blue", "tab:green", "0.4")
"""Melody, counter-melody, chords, bass, drums."""


def draw_report(tallies: Mapping[str, SourceTally], path: Path) -> None:
    """Pieces and bars by source, those kept and those left out by reason, as one PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(16, 0.5 * len(tallies) + 2))
    others = ("tab:blue", "tab:orange", "tab:red", "tab:purple", "tab:brown", "tab:pink", "0.6")
    pieces = {name: (tally.pieces, tally.skipped) for name, tally in tallies.items()}
    bars = {name: (tally.bars, tally.lost) for name, tally in tallies.items()}
    for axis, title, table in ((axes[0], "pieces", pieces), (axes[1], "bars", bars)):
        every: Counter[str] = Counter()
        for _, reasons in table.values():
            every.update(reasons)
        shown = [reason for reason, _ in every.most_common(REASONS_SHOWN)]
        names = list(table)[::-1]
        total = np.array([table[name][0] + table[name][1].total() for name in names], float)
        total = np.maximum(total, 1)
        left = np.array([table[name][0] for name in names]) / total
        axis.barh(names, left, color="seagreen", label="kept")
        for reason, colour in zip([*shown, "other reasons"], others, strict=False):
            share = np.array(
                [
                    table[name][1][reason]
                    if reason in shown
                    else sum(count for each, count in table[name][1].items() if each not in shown)
                    for name in names
                ]
            )
            axis.barh(names, share / total, left=left, label=reason, color=colour)
            left = left + share / total
        for row, name in enumerate(names):
            axis.text(0.01, row, f"{table[name][0]:,}", va="center", color="white", fontsize=8)
        axis.set_title(f"{title}: kept (number) and left out")
        axis.set_xlim(0, 1)
        axis.legend(fontsize=7, loc="lower center", bbox_to_anchor=(0.5, -0.3), ncol=2)
    figure.tight_layout()
    figure.savefig(path, dpi=70)
    plt.close(figure)


def draw_samples(arrays: Arrays, path: Path) -> None:
    """The piano roll of eight bars of every source, from the middle of a piece, as one PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    source = arrays["piece_source"][arrays["bar_piece"]]
    names = list(dict.fromkeys(source.tolist()))
    figure, axes = plt.subplots(-(-len(names) // 2), 2, figsize=(18, 1.6 * len(names) + 1), squeeze=False)
    for axis, name in zip(axes.ravel(), names, strict=False):
        rows = np.flatnonzero(source == name)
        first = int(rows[min(len(rows) // 2, max(0, len(rows) - WINDOW))])
        last = min(first + WINDOW, len(source))
        inside = slice(arrays["bar_note_start"][first], arrays["bar_note_start"][last])
        notes, bar = arrays["notes"][inside].astype(np.int64), arrays["note_bar"][inside] - first
        for role, colour in enumerate(COLOURS):
            mine = notes[:, 6] == role
            start = bar[mine] * 16 + notes[mine, 2]
            height = notes[mine, 4] % 12 + 22 if role == 4 else notes[mine, 4]
            axis.hlines(height, start, start + notes[mine, 3] - 0.3, colors=colour, lw=2)
        axis.set_xticks(range(0, WINDOW * 16 + 1, 16))
        axis.set_xlim(0, WINDOW * 16)
        axis.grid(axis="x", alpha=0.5)
        axis.set_title(f"{name}: {arrays['piece_id'][arrays['bar_piece'][first]]}", fontsize=8, loc="left")
    figure.tight_layout()
    figure.savefig(path, dpi=55)
    plt.close(figure)
