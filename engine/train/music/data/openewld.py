"""OpenEWLD: public-domain lead sheets, a melody and the chords written over it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from engine.errors import MediaError
from engine.train.music.data.musicxml import read_musicxml
from engine.train.music.data.piece import MELODY, RawPiece, Skipped

TEACHES = ("noir", "folk", "piano", "musicbox")
"""Styles that its pieces may teach; which of their phrases do says `engine.train.music.style_labels`."""


def pieces(root: Path) -> Iterator[RawPiece | Skipped]:
    """Every lead sheet of `root`/openewld."""
    folder = root / "openewld" / "musicxml"
    for path in sorted(folder.rglob("*.musicxml")):
        name = f"openewld/{path.parent.parent.name}/{path.stem}"
        try:
            score = read_musicxml(path)
        except MediaError as error:
            yield Skipped(name, "openewld", str(error).split(": ", 1)[-1].split(" (")[0])
            continue
        notes = score.parts[0].notes
        if not score.chords or not len(notes):
            yield Skipped(name, "openewld", "no chords over it")
            continue
        rows = np.column_stack([notes[:, :4], np.full(len(notes), float(MELODY)), np.zeros(len(notes))])
        yield RawPiece(name, name.lower(), "openewld", TEACHES, rows, score.bars, score.chords)
