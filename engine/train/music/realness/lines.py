"""Windows of one line: eight bars of 4/4 in sixteenths, from real bars or from takes, as lists of notes.

What is compared when ours are told apart from real ones. A window counts when at least `LEAST_NOTES` notes
start in it and `LEAST_BARS` of its bars sound. Pitches are key-relative (tonic on C).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.generate.grid import HOLD, LINES, REST, SPECS, line_notes
from engine.train.music.measures import PhraseSet
from engine.train.music.tensors import Bars

BARS = 8
STEPS = 16
LEAST_NOTES = 12
LEAST_BARS = 6

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Windows:
    """W windows of eight bars on a row axis of B = 8 W, all roles: `phrases` as in `measures`; `piece` int
    [W] the work that each comes from: windows of one work are never on both sides of a fold."""

    phrases: PhraseSet
    piece: Ints

    def __len__(self) -> int:
        return len(self.piece)

    def pick(self, which: npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> "Windows":
        """Some of the windows, in the order of `which` (numbers, or a mask [W])."""
        chosen = np.flatnonzero(which) if which.dtype == np.bool_ else which
        rows = (chosen[:, None] * BARS + np.arange(BARS)).reshape(-1)
        p = self.phrases
        return Windows(
            PhraseSet(
                p.tokens[:, rows],
                p.onsets[:, rows],
                p.sounds[:, rows],
                p.asked[rows],
                p.chords[rows],
                p.meter[rows],
                p.minor[rows],
            ),
            self.piece[chosen],
        )


def real_windows(
    bars: Bars, sources: Sequence[str], splits: Sequence[int], role: int, hop: int = 8
) -> Windows:
    """Windows of real bars in 4/4, one key and mode throughout, in which the line `role` counts as a line."""
    first = first_bars(bars, sources, splits, hop)
    tokens = bars.arrays.tokens[LINES.index(role)]
    return at_rows(bars, first[counts(tokens[first[:, None] + np.arange(BARS)])])


def at_rows(bars: Bars, first: Ints) -> Windows:
    """The windows that begin at the rows `first` [W]."""
    rows = (first[:, None] + np.arange(BARS)).reshape(-1)
    a = bars.arrays
    return Windows(
        PhraseSet(
            a.tokens[:, rows],
            a.onsets[:, rows],
            a.sounds[:, rows],
            a.present[rows],
            bars.chords[rows],
            bars.meter[rows],
            bars.minor[rows],
        ),
        bars.piece[first],
    )


def first_bars(bars: Bars, sources: Sequence[str], splits: Sequence[int], hop: int) -> Ints:
    """Rows at which eight bars of 4/4 in one run, key and mode begin, every `hop` bars of their run."""
    wanted = [bars.sources.index(name) for name in sources if name in bars.sources]
    first = np.arange(max(0, len(bars) - BARS + 1))
    phrase = first[:, None] + np.arange(BARS)
    keep = np.isin(bars.source[first], wanted) & np.isin(bars.split[first], splits)
    keep &= (bars.meter[phrase] == 0).all(1)
    for values in (bars.run, bars.tonic, bars.minor):
        keep &= (values[phrase] == values[first][:, None]).all(1)
    begins = np.searchsorted(bars.run, bars.run, side="left")
    keep &= (first - begins[first]) % hop == 0
    return np.asarray(first[keep])


def counts(tokens: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Which windows [W, 8, 16] of a line count: bool [W]."""
    started = tokens > HOLD
    return np.asarray((started.sum((1, 2)) >= LEAST_NOTES) & ((tokens != REST).any(2).sum(1) >= LEAST_BARS))


def notes_of(windows: Windows, role: int) -> list[Ints]:
    """The line's notes in each window: int [N, 3] (start 0…127, steps, pitch), in order. Notes end with the
    window; a hold that a window begins with is a rest."""
    tokens = windows.phrases.tokens[LINES.index(role)].reshape(len(windows), BARS * STEPS)
    result = []
    for row in tokens:
        start, end, pitch = line_notes(row, SPECS[role].low)
        result.append(np.stack([start, end - start, pitch], 1))
    return result


def counting(windows: Windows, role: int) -> Windows:
    """Those windows in which the line counts."""
    tokens = windows.phrases.tokens[LINES.index(role)].reshape(len(windows), BARS, STEPS)
    return windows.pick(counts(tokens))


def shuffled(windows: Windows, rng: np.random.Generator) -> Windows:
    """Every window's own bars in another order: a control."""
    order = np.stack([rng.permutation(BARS) for _ in range(len(windows))])
    return _rearranged(windows, order + np.arange(len(windows))[:, None] * BARS)


def mixed(windows: Windows, rng: np.random.Generator) -> Windows:
    """Windows whose bars each come from another work's window (all keys on C): a control."""
    rows = np.empty((len(windows), BARS), np.int64)
    for bar in range(BARS):
        rows[:, bar] = rng.permutation(len(windows)) * BARS + bar
    return _rearranged(windows, rows)


def _rearranged(windows: Windows, rows: Ints) -> Windows:
    flat = rows.reshape(-1)
    p = windows.phrases
    moved = PhraseSet(
        p.tokens[:, flat],
        p.onsets[:, flat],
        p.sounds[:, flat],
        p.asked[flat],
        p.chords[flat],
        p.meter[flat],
        p.minor[flat],
    )
    return Windows(moved, windows.piece)


def thinned(windows: Windows, most: int, rng: np.random.Generator) -> Windows:
    """At most so many windows, drawn evenly over the works."""
    if len(windows) <= most:
        return windows
    turn = np.empty(len(windows), np.int64)
    for piece in np.unique(windows.piece):
        mine = rng.permutation(np.flatnonzero(windows.piece == piece))
        turn[mine] = np.arange(len(mine))
    order = np.lexsort((rng.random(len(windows)), turn))
    return windows.pick(np.sort(order[:most]))


def joined(parts: Sequence[Windows]) -> Windows:
    """Windows of several sets behind each other; works keep apart."""
    pieces, next_piece = [], 0
    for part in parts:
        _, own = np.unique(part.piece, return_inverse=True)
        pieces.append(own + next_piece)
        next_piece += int(own.max(initial=-1)) + 1
    p = [part.phrases for part in parts]
    return Windows(
        PhraseSet(
            np.concatenate([each.tokens for each in p], 1),
            np.concatenate([each.onsets for each in p], 1),
            np.concatenate([each.sounds for each in p], 1),
            np.concatenate([each.asked for each in p]),
            np.concatenate([each.chords for each in p]),
            np.concatenate([each.meter for each in p]),
            np.concatenate([each.minor for each in p]),
        ),
        np.concatenate(pieces),
    )
