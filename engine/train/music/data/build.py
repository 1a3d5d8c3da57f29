"""From the unpacked archives to `bars.npz`, the quantile tables and the report of what went in and what did
not.

python -m engine.train.music.data.build --archives DIR --out DIR [--sources a,b,…] [--version N]
A source's raw pieces go through `grid` one by one; a broken file costs itself only.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from engine.errors import MediaError
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
from engine.train.music.data.pictures import draw_report, draw_samples
from engine.train.music.data.piece import RawPiece, Skipped
from engine.train.music.data.report import SourceTally, write_report

_ENGINE: Final = Path(__file__).resolve().parents[3]

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


FOLDERS: Final = {"pop909": "pop909_cl"}
"""Where a source lies under the archives when not in a folder of its own name."""


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


def make(
    names: Sequence[str],
    archives: Path,
    out: Path,
    quantiles: Path,
    report: Path,
    version: int,
    log: Callable[[str], None] = print,
) -> dataset.Arrays:
    """Builds `out`/bars.npz from the named sources, with quantile tables, report and pictures. Raises
    MediaError when no source gives anything."""
    kept: list[GridPiece] = []
    tallies: dict[str, SourceTally] = {}
    for name in names:
        begun = time.perf_counter()
        tallies[name] = SourceTally()
        for piece in read_source(name, archives):
            tallies[name].add(piece)
            if isinstance(piece, GridPiece):
                kept.append(piece)
        spent = time.perf_counter() - begun
        log(f"{name}: {tallies[name].pieces} pieces, {tallies[name].bars} bars, {spent:.0f} s")
    if not kept:
        raise MediaError(f"no source gave anything under {archives}")
    out.mkdir(parents=True, exist_ok=True)
    arrays = dataset.join(kept, version)
    dataset.save(arrays, out / "bars.npz")
    write_quantiles(arrays, quantiles)
    write_report(tallies, arrays, report)
    draw_report(tallies, report.with_suffix(".png"))
    draw_samples(arrays, report.with_name(f"{report.stem}-samples.png"))
    log(f"{len(arrays['bar_piece'])} bars, {len(arrays['notes'])} notes")
    return arrays


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archives", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sources", default=",".join(SOURCES))
    parser.add_argument("--quantiles", type=Path, default=_ENGINE / "music" / "descriptor_quantiles.json")
    parser.add_argument("--report", type=Path, default=_ENGINE / "train" / "DATA.md")
    parser.add_argument("--version", type=int, default=1)
    options = parser.parse_args()
    names = options.sources.split(",")
    for name in names:
        if name not in SOURCES:
            raise SystemExit(f"no source {name}; there are {', '.join(SOURCES)}")
        folder = options.archives / FOLDERS.get(name, name)
        if not folder.is_dir():
            raise SystemExit(f"{folder} is not there: unpack the archive first")
    try:
        make(
            names,
            options.archives,
            options.out,
            options.quantiles,
            options.report,
            options.version,
            lambda message: print(message, file=sys.stderr),
        )
    except MediaError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
