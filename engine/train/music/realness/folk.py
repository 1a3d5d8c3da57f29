"""Chinese folk tunes as windows: what guofeng melodies are held against. Read for measuring, never learnt
from."""

from pathlib import Path

import numpy as np

from dsl.plan import ROLES
from engine.errors import MediaError
from engine.train.music.measures import PhraseSet
from engine.train.music.realness.lines import BARS, Windows, counting
from engine.train.music.realness.product import phrase_set, windows_of

LONGEST_BARS = 16
_MELODY = ROLES.index("melody")


def folk_windows(folder: Path, most: int = 600, seed: int = 6) -> Windows:
    """Windows of at most so many tunes in 2/4 or 4/4 (MIDI files anywhere under `folder`), two a tune at the
    most. Pitches count from the gong of the signature, of tunes that end on yu from that. Raises MediaError
    where there are none."""
    paths = sorted(folder.rglob("*.mid"))
    parts: list[PhraseSet] = []
    for number in np.random.default_rng(seed).permutation(len(paths)).tolist():
        if len(parts) == most:
            break
        tune = _tune(paths[number])
        if tune is not None:
            rows, bars, minor = tune
            silent = np.tile(np.array([-1, 0, 0], np.int8), (bars, 4, 1))
            parts.append(phrase_set(rows, silent, bars, minor))
    if not parts:
        raise MediaError(f"{folder} holds no tunes in 2/4 or 4/4")
    return counting(windows_of(parts), 0)


def _tune(path: Path) -> tuple[list[tuple[int, int, int, int]], int, bool] | None:
    """Notes of one tune on the grid, its bars and whether it ends on yu; None where it does not fit."""
    import pretty_midi

    try:
        midi = pretty_midi.PrettyMIDI(str(path))
    except (OSError, ValueError, KeyError, EOFError, IndexError):
        return None
    meters = {(m.numerator, m.denominator) for m in midi.time_signature_changes}
    notes = sorted((n for i in midi.instruments for n in i.notes), key=lambda n: n.start)
    if not notes or not meters <= {(2, 4), (4, 4)} or len(midi.key_signature_changes) != 1:
        return None
    gong = midi.key_signature_changes[0].key_number % 12
    yu = (notes[-1].pitch - gong) % 12 == 9
    tonic = (gong + 9) % 12 if yu else gong
    shift = tonic if tonic <= 6 else tonic - 12
    grid = midi.resolution / 4
    rows = []
    for note in notes:
        start, end = (round(midi.time_to_tick(t) / grid) for t in (note.start, note.end))
        if start < LONGEST_BARS * 16:
            rows.append((start, max(start + 1, end), note.pitch - shift, _MELODY))
    bars = min(LONGEST_BARS, -(-max(row[1] for row in rows) // 16))
    return (rows, bars, yu) if bars >= BARS else None
