"""From the unpacked archives to `bars.npz`, the quantile tables and the report of what went in and what did
not.

python -m engine.train.music.data.build --archives DIR --out DIR [--sources a,b,…] [--report]
A source's raw pieces go through `grid` one by one; a broken file costs itself only.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from engine.music.descriptors import quantile_table
from engine.train.music.data import (
    chorales,
    dataset,
    freedoom,
    nesmdb,
    openewld,
    openscore,
    orchestra,
    pop909,
    vgmidi,
)
from engine.train.music.data.grid import GridPiece, to_grid
from engine.train.music.data.piece import RawPiece, Skipped

SOURCES: Final[dict[str, Callable[[Path], Iterator[RawPiece | Skipped]]]] = {
    "pop909": pop909.pieces,
    "vgmidi": vgmidi.pieces,
    "openscore_lieder": openscore.lieder,
    "openscore_quartets": openscore.quartets,
    "openscore_orchestra": orchestra.pieces,
    "openewld": openewld.pieces,
    "freedoom": freedoom.pieces,
    "nesmdb": nesmdb.pieces,
    "jsb": chorales.bach,
    "js_fakes": chorales.synthetic,
}


def read_source(name: str, archives: Path) -> Iterator[GridPiece | Skipped]:
    """All pieces of one source, on the grid or with the reason why not."""
    for piece in SOURCES[name](archives):
        if isinstance(piece, Skipped):
            yield piece
            continue
        try:
            yield to_grid(piece)
        except (ValueError, IndexError, ZeroDivisionError) as error:
            # One odd file must not cost the other thousands; the reason is counted and printed.
            print(f"{piece.id}: {error}", file=sys.stderr)
            yield Skipped(piece.id, piece.source, f"unexpected: {type(error).__name__}")


def write_quantiles(arrays: dataset.Arrays, path: Path) -> None:
    """The tables that `descriptors.percentile` reads, over bars of the training split in which at least two
    roles sound."""
    body = arrays["notes"]
    pairs = np.unique(arrays["note_bar"].astype(np.int64)[body[:, 6] < 4] * 8 + body[body[:, 6] < 4, 6])
    roles = np.bincount(pairs // 8, minlength=len(arrays["bar_piece"]))
    training = (arrays["piece_split"] == "train")[arrays["bar_piece"]]
    table = quantile_table(arrays["bar_descriptors"], (roles >= 2) & training)
    text = json.dumps(
        {"version": int(arrays["version"]), "bars": int(((roles >= 2) & training).sum()), "quantiles": table}
    )
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(text + "\n", encoding="utf-8")
    temporary.replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archives", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sources", default=",".join(SOURCES))
    parser.add_argument("--version", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    kept: list[GridPiece] = []
    for name in options.sources.split(","):
        begun = time.perf_counter()
        reasons: Counter[str] = Counter()
        pieces = 0
        for piece in read_source(name, options.archives):
            if isinstance(piece, Skipped):
                reasons[piece.reason] += 1
            else:
                kept.append(piece)
                pieces += 1
        print(
            f"{name}: {pieces} pieces, {dict(reasons)}, {time.perf_counter() - begun:.0f} s", file=sys.stderr
        )
    arrays = dataset.join(kept, options.version)
    dataset.save(arrays, options.out / "bars.npz")
    print(f"{len(arrays['bar_piece'])} bars, {len(arrays['notes'])} notes", file=sys.stderr)


if __name__ == "__main__":
    main()
