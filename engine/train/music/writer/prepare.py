"""From the archives to the lines that the writer learns, and what makes sure that they are the same again."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.errors import MediaError
from engine.generate.grid import LINES
from engine.generate.lines.conditions import ASKED, GIST, SOURCES
from engine.generate.lines.weights import QUANTILES
from engine.generate.weights import Networks
from engine.train.music.data import dataset, pop909_structure
from engine.train.music.data.grid import GridPiece, to_grid
from engine.train.music.data.piece import Skipped
from engine.train.music.data.prepare import prepared_bars, unpack
from engine.train.music.phrase_data import encode_all
from engine.train.music.tensors import Bars, load_bars
from engine.train.music.writer.data import LineSet, concatenated, line_set, song_labels
from engine.train.music.writer.made_gist import made_gist, made_latents


def prepared_lines(
    data: Path, work: Path, networks: Networks, log: Callable[[str], None], made: bool = False
) -> LineSet:
    """Lines of all collections, with `made` also the gist that the generator makes for them; the bars and
    songs are made once in `work`. `data` holds the archives, or
    `bars.npz` and `songs.npz` as earlier made with the labels' folder beside them. Raises MediaError."""
    bars = load_bars(prepared_bars(data, work, log))
    songs_path = work / "songs.npz"
    labels = unpack(data, work / "archives", log, ("pop909_structure",))
    if not songs_path.is_file():
        if not (labels / "pop909_structure").is_dir():
            raise MediaError(f"{data} holds no pop909_structure")
        dataset.save(dataset.join(read_songs(labels, log), 1), songs_path)
    songs = load_bars(songs_path)
    return joined(networks, [(bars, {}), (songs, song_labels(labels, songs_path))], made)


def joined(
    networks: Networks,
    parts: list[tuple[Bars, dict[int, tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]]],
    made: bool = False,
) -> LineSet:
    """Sets of bars, each with its phrase labels, as one set of lines with the codec's gist and, with `made`,
    the generator's."""
    sets = []
    for bars, labels in parts:
        lines = line_set(bars, collections_of(bars), gist_of(networks, bars), labels)
        if made:
            latents, there = made_latents(networks, bars)
            lines = replace(lines, made=made_gist(networks, latents), made_there=there)
        sets.append(lines)
    return concatenated(sets)


def read_songs(folder: Path, log: Callable[[str], None]) -> list[GridPiece]:
    """POP909's labelled songs on the grid."""
    kept: list[GridPiece] = []
    for raw in pop909_structure.pieces(folder):
        piece = raw if isinstance(raw, Skipped) else to_grid(raw)
        if isinstance(piece, GridPiece):
            kept.append(piece)
        else:
            log(f"{piece.id}: {piece.reason}")
    return kept


def collections_of(bars: Bars) -> npt.NDArray[np.int64]:
    """Number in SOURCES of every bar [B]; labelled songs belong to POP909."""
    numbers = [SOURCES.index("pop909" if name == "pop909_structure" else name) for name in bars.sources]
    return np.asarray(np.array(numbers)[bars.source])


def gist_of(networks: Networks, bars: Bars) -> npt.NDArray[np.float16]:
    """Standardised latents of every line in every bar: float16 [3, B, 28], which halves the memory."""
    raw = encode_all(networks.codec, bars).numpy()
    mean, scale = networks.mean.numpy(), networks.scale.numpy()
    standard = np.where(scale > 0, (raw - mean) / np.maximum(scale, 1e-6), 0.0)
    sizes = networks.config.codec.latents
    starts = np.concatenate([[0], np.cumsum(sizes)])
    gist = np.zeros((len(LINES), len(bars), GIST), np.float16)
    for line, role in enumerate(LINES):
        gist[line, :, : sizes[role]] = standard[:, starts[role] : starts[role + 1]]
        gist[line] *= bars.arrays.present[:, role][:, None]
    return gist


def quantiles_of(lines: LineSet) -> npt.NDArray[np.float32]:
    """What is asked, least to most, where melodies of each collection play: float [10, 7, 21]."""
    places = np.linspace(0, 1, QUANTILES)
    table = np.tile(places.astype(np.float32), (len(SOURCES), ASKED, 1))
    for number in range(len(SOURCES)):
        rows = (lines.source == number) & (lines.split == 0) & lines.table.playing[0] & ~lines.labelled
        if rows.any():
            table[number] = np.quantile(lines.table.asked[rows], places, axis=0).T
    return table


def checksum(lines: LineSet) -> str:
    """SHA-256 of what is learnt from: the notes, harmony, splits and returns."""
    digest = hashlib.sha256()
    for values in (lines.tokens, lines.table.slots, lines.split, lines.source, lines.table.how):
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()
