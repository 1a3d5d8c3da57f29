"""The report of what went into the training set and what was left out, and why: `engine/train/DATA.md`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from engine.train.music.data.dataset import Arrays
from engine.train.music.data.grid import GridPiece
from engine.train.music.data.piece import Skipped

LICENCES: Final = {
    "pop909": "MIT (POP909 and POP909-CL)",
    "vgmidi": "MIT (VGMIDI); arrangements of copyrighted game tunes",
    "openscore_lieder": "CC0",
    "openscore_quartets": "CC0",
    "openscore_orchestra": "CC0 (scores)",
    "openewld": "public domain",
    "freedoom": "BSD-3-Clause",
    "nesmdb": "MIT (NES-MDB); the tunes under it are copyrighted game music",
    "jsb": "Bach's chorales, public domain; the transcription states no licence",
    "js_fakes": "CC BY 4.0 (JS Fake Chorales, Omar Peracha)",
}
TERMS: Final = "The weights are offered under Apache-2.0, with the attributions above."


def licence_lines(sources: Sequence[str]) -> list[str]:
    """The part of a model card that says what the weights were made from, and on what terms."""
    rows = [f"| {name} | {LICENCES.get(name, 'not known here')} |" for name in sources]
    return ["## Data and licences", "| trained on | licence |", "|---|---|", *rows, "", TERMS]


@dataclass(slots=True)
class SourceTally:
    """What one source gave: pieces and bars that were kept, and everything left out by reason."""

    pieces: int = 0
    bars: int = 0
    written_bars: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)

    def add(self, piece: GridPiece | Skipped) -> None:
        """Counts a piece, or why it was left out."""
        if isinstance(piece, Skipped):
            self.skipped[piece.reason] += 1
            return
        self.pieces += 1
        self.bars += len(piece.index)
        self.written_bars += len(piece.raw.bars)
        self.lost.update({reason: count for reason, count in piece.lost.items() if count})
        self.remarks.update(piece.raw.remarks)


def write_report(tallies: dict[str, SourceTally], arrays: Arrays, path: Path) -> None:
    """Writes the report beside the trainer, in Markdown."""
    lines = [
        "# Training music",
        "",
        "Written by `melodrama train bars` from the archives; not by hand.",
        "",
        f"Version {int(arrays['version'])}: {len(arrays['piece_id'])} pieces, "
        f"{len(arrays['bar_piece'])} bars, {len(arrays['notes'])} notes.",
        "",
        f"![What went in and what was left out]({path.stem}.png)",
        f"![Eight bars of every source]({path.stem}-samples.png)",
        "",
        "| source | licence | files | pieces kept | bars kept | train / dev / test pieces |",
        "|---|---|---|---|---|---|",
    ]
    for name, tally in tallies.items():
        mine = arrays["piece_source"] == name
        splits = " / ".join(
            str(int((arrays["piece_split"][mine] == s).sum())) for s in ("train", "dev", "test")
        )
        files = tally.pieces + tally.skipped.total()
        lines.append(
            f"| {name} | {LICENCES.get(name, '')} | {files} | {tally.pieces} | {tally.bars} | {splits} |"
        )
    lines += ["", "## Bars", "", *_bar_table(list(tallies), arrays)]
    lines += ["", "## Left out", ""]
    for name, tally in tallies.items():
        lines += [f"### {name}", "", *_reasons("pieces", tally.skipped), *_reasons("bars", tally.lost)]
        lines += [f"- note: {count} × {remark}" for remark, count in tally.remarks.most_common()]
        lines.append("")
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    temporary.replace(path)


def _reasons(what: str, reasons: Counter[str]) -> list[str]:
    if not reasons:
        return [f"- {what}: none"]
    return [f"- {what}: " + ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())]


def _bar_table(names: Sequence[str], arrays: Arrays) -> list[str]:
    """Metres, mode, roles and repeats of each source's bars."""
    lines = [
        "| source | 4/4 · 3/4 · 6/8 | major | melody · counter · chords · bass · drums in | repeats |",
        "|---|---|---|---|---|",
    ]
    body, row = arrays["notes"], arrays["note_bar"].astype(np.int64)
    sounds = np.zeros((len(arrays["bar_piece"]), 5), dtype=np.bool_)
    sounds[row, body[:, 6]] = True
    source = arrays["piece_source"][arrays["bar_piece"]]
    for name in names:
        mine = source == name
        if not mine.any():
            continue
        meters = " · ".join(
            f"{share:.0%}" for share in np.bincount(arrays["bar_meter"][mine], minlength=3) / mine.sum()
        )
        roles = " · ".join(f"{share:.0%}" for share in sounds[mine].mean(axis=0))
        lines.append(
            f"| {name} | {meters} | {arrays['bar_mode'][mine].mean():.0%} | {roles} | "
            f"{arrays['bar_window_repeat'][mine].mean():.0%} |"
        )
    return lines
