"""Real lines as the writer learns them: events of melody, counter-melody and bass of all collections, with
harmony, phrases, returns and gist.

`LineSet` is made once from the bars of the archives (`tensors.Bars`) and of POP909's labelled songs; `batch`
draws stretches of lines from it, with what they are told blurred or hidden as it may be when composing.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.generate.grid import LINES, METER_STEPS, STEPS
from engine.generate.lines.conditions import (
    GIST,
    SOURCES,
    BarTable,
    Led,
    slots_of,
)
from engine.generate.lines.events import (
    LOWEST,
    NOTHING,
    PITCHES,
    REST,
    ROLE_SPECS,
    Events,
    events_of,
    timeline,
)
from engine.generate.lines.returns import How, Returns, find_returns, shifted
from engine.train.music.data.pop909_structure import read_phrases
from engine.train.music.tensors import Bars
from engine.train.music.writer.phrases import divide, labelled, places, strengths

Ints = npt.NDArray[np.int64]
ROLES = len(LINES)


@dataclass(frozen=True, slots=True)
class Steps:
    """A line step by step [B, 16]: `pitch` index sounding (REST, NOTHING where it does not play), `onset`
    bool, `left` sixteenths until its event ends, `following` pitch index of the next event."""

    pitch: npt.NDArray[np.int16]
    onset: npt.NDArray[np.bool_]
    left: npt.NDArray[np.int16]
    following: npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class LineSet:
    """B bars: `table` with returns known and nothing hidden; `lines`, `steps`, `returns` by role; `source`
    collection number and `split` of each bar; `labelled` bool [B]: has listeners' phrase labels; `tokens`
    [3, B, 16]; `piece` [B]; `time` first sixteenth of each bar; `made` float16 [3, B, 28] the
    generator's gist for these conditions, `made_there` bool [B] where there is one."""

    table: BarTable
    lines: tuple[Events, ...]
    steps: tuple[Steps, ...]
    returns: tuple[Returns, ...]
    source: Ints
    split: Ints
    labelled: npt.NDArray[np.bool_]
    tokens: npt.NDArray[np.uint8]
    piece: Ints
    time: Ints
    made: npt.NDArray[np.float16] | None = None
    made_there: npt.NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.source)


def steps_of(events: Events, time: Ints, steps: Ints, bars: int, run: Ints) -> Steps:
    """`Steps` of a line's events; `time` [B] first sixteenth of each bar, `steps` [B] its sixteenths."""
    pitch = np.full((bars, STEPS), NOTHING, np.int16)
    onset = np.zeros((bars, STEPS), np.bool_)
    left = np.zeros((bars, STEPS), np.int16)
    following = np.full((bars, STEPS), NOTHING, np.int16)
    start = time[events.row] + events.step
    cells = np.repeat(np.arange(len(events)), events.steps)
    ahead = np.arange(len(cells)) - np.repeat(np.cumsum(events.steps) - events.steps, events.steps)
    at = start[cells] + ahead
    row = np.searchsorted(time, at, side="right") - 1
    inside = (row < bars) & (at < (time[-1] + steps[-1]))
    row, at, cells, ahead = row[inside], at[inside], cells[inside], ahead[inside]
    column = at - time[row]
    pitch[row, column] = events.pitch[cells]
    left[row, column] = events.steps[cells] - ahead
    onset[events.row, events.step] = events.pitch < REST
    after = np.append(events.pitch[1:], NOTHING)
    after[:-1][run[events.row[1:]] != run[events.row[:-1]]] = NOTHING
    following[row, column] = after[cells]
    return Steps(pitch, onset, left, following)


def led_by(
    lines: "LineSet", role: int, row: Ints, step: Ints, hidden: npt.NDArray[np.bool_] | None = None
) -> Led:
    """What leads the events of a role at these places; `hidden` bool [E]: what returns is not told."""
    returns, own = lines.returns[role], lines.steps[role]
    source = returns.source[row]
    returning = source >= 0
    if hidden is not None:
        returning &= ~hidden
    at = np.maximum(source, 0)
    by = returns.shift[row]
    minor = lines.table.minor[row]
    melody = lines.steps[0]
    soon = np.zeros(len(row), np.bool_)
    if role > 0:
        for ahead in range(1, 5):
            soon |= melody.onset[row, np.minimum(step + ahead, STEPS - 1)] & (step + ahead < STEPS)
    return Led(
        np.where(returning, moved(own.pitch[at, step].astype(np.int64), by, minor), NOTHING),
        returning & own.onset[at, step],
        np.where(returning, own.left[at, step], 0).astype(np.int64),
        np.where(returning, moved(own.following[at, step].astype(np.int64), by, minor), NOTHING),
        melody.pitch[row, step].astype(np.int64) if role > 0 else np.full(len(row), NOTHING),
        melody.onset[row, step] if role > 0 else np.zeros(len(row), np.bool_),
        soon,
    )


def moved(pitch: Ints, by: Ints, minor: npt.NDArray[np.bool_]) -> Ints:
    """Pitch indices moved by scale degrees; rests and nothing stay."""
    heights = np.clip(shifted(np.minimum(pitch, PITCHES - 1) + LOWEST, by, minor) - LOWEST, 0, PITCHES - 1)
    return np.where((pitch < PITCHES) & (by != 0), heights, pitch)


def line_set(
    bars: Bars, collection: Ints, gist: npt.NDArray[np.floating] | None, labels: dict[int, tuple[Ints, Ints]]
) -> LineSet:
    """Everything of some bars; `collection` int [B] numbers in SOURCES; `gist` float [3, B, 28] standardised
    latents or none; `labels` phrase places (bar in phrase, bars left) by piece number."""
    count = len(bars)
    steps = np.asarray(METER_STEPS)[bars.meter]
    row, step = timeline(steps)
    time = np.cumsum(steps) - steps
    playing = bars.arrays.present[:, list(LINES)].T
    lines, found = [], []
    for role, spec in enumerate(ROLE_SPECS):
        flat = bars.arrays.tokens[role][row, step]
        lines.append(events_of(flat, row, step, bars.run[row], spec.low, playing[role][row]))
        found.append(find_returns(bars.arrays.tokens[role], spec.low, bars.run, bars.meter, bars.minor))
    phrase_bar, phrase_left, known = phrases_of(bars, lines[0], found[0], labels)
    table = BarTable(
        slots_of(bars.chords),
        bars.meter,
        bars.minor,
        bars.run,
        playing,
        bars.conditions,
        np.ones(count, np.bool_),
        phrase_bar,
        phrase_left,
        bars.left,
        np.stack([each.how for each in found]),
        np.zeros((ROLES, count, GIST), np.float32) if gist is None else gist,
        np.full(count, -1.0 if gist is None else 0.0, np.float32),
        np.eye(len(SOURCES), dtype=np.float32)[collection],
    )
    return LineSet(
        table,
        tuple(lines),
        tuple(steps_of(each, time, steps, count, bars.run) for each in lines),
        tuple(found),
        collection,
        bars.split,
        known,
        bars.arrays.tokens,
        bars.piece,
        time,
    )


def phrases_of(
    bars: Bars, melody: Events, returns: Returns, labels: dict[int, tuple[Ints, Ints]]
) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
    """Bar in the phrase, bars left in it [B], and which bars are labelled."""
    at, left = np.full(len(bars), -1, np.int64), np.full(len(bars), -1, np.int64)
    known = np.zeros(len(bars), np.bool_)
    sung = melody.pitch < REST
    rows, places_in = melody.row[sung], melody.step[sung]
    begins = np.flatnonzero(np.r_[True, bars.run[1:] != bars.run[:-1]])
    ends = np.append(begins[1:], len(bars))
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        own = labels.get(int(bars.piece[begin]))
        if own is not None:
            first = int(np.searchsorted(bars.piece, bars.piece[begin]))
            at[begin:end], left[begin:end] = (
                own[0][begin - first : end - first],
                own[1][begin - first : end - first],
            )
            known[begin:end] = True
            continue
        steps = METER_STEPS[int(bars.meter[begin])]
        inside = slice(*np.searchsorted(rows, [begin, end]))
        onset = (rows[inside] - begin) * steps + places_in[inside]
        source = returns.source[begin:end]
        run_on = np.r_[False, (source[1:] == source[:-1] + 1) & (source[:-1] >= 0)]
        nearly = np.isin(returns.how[begin:end], (How.SAME, How.VARIED))
        strength = strengths(onset, steps, end - begin, nearly & ~run_on)
        at[begin:end], left[begin:end] = places(divide(strength), end - begin)
    return at, left, known


def song_labels(path: Path, songs: Path, listener: int = 1) -> dict[int, tuple[Ints, Ints]]:
    """Phrase places by piece number of the data file `songs`; `path` holds pop909_structure."""
    data = np.load(songs, allow_pickle=False)
    result = {}
    for number, name in enumerate(data["piece_id"].tolist()):
        index = data["bar_index"][data["bar_piece"] == number].astype(np.int64)
        folder = path / "pop909_structure" / "POP909" / name.split("/")[-1]
        result[number] = labelled(read_phrases(folder, listener), index)
    return result


def concatenated(parts: list[LineSet]) -> LineSet:
    """Sets behind each other."""
    offset = np.cumsum([0] + [len(part) for part in parts])
    beat = np.cumsum([0] + [int(part.time[-1]) + STEPS for part in parts])

    def later(events: list[Events]) -> Events:
        return Events(
            np.concatenate([e.row + o for e, o in zip(events, offset, strict=False)]),
            np.concatenate([e.step for e in events]),
            np.concatenate([e.pitch for e in events]),
            np.concatenate([e.steps for e in events]),
        )

    def returned(found: list[Returns]) -> Returns:
        source = [np.where(f.source >= 0, f.source + o, -1) for f, o in zip(found, offset, strict=False)]
        return Returns(
            np.concatenate(source),
            np.concatenate([f.how for f in found]),
            np.concatenate([f.shift for f in found]),
        )

    tables = [part.table for part in parts]
    run = [t.run + 10_000_000 * i for i, t in enumerate(tables)]
    table = BarTable(
        np.concatenate([t.slots for t in tables]),
        np.concatenate([t.meter for t in tables]),
        np.concatenate([t.minor for t in tables]),
        np.concatenate(run),
        np.concatenate([t.playing for t in tables], 1),
        np.concatenate([t.asked for t in tables]),
        np.concatenate([t.known for t in tables]),
        np.concatenate([t.phrase_bar for t in tables]),
        np.concatenate([t.phrase_left for t in tables]),
        np.concatenate([t.left for t in tables]),
        np.concatenate([t.how for t in tables], 1),
        np.concatenate([t.gist for t in tables], 1),
        np.concatenate([t.blur for t in tables]),
        np.concatenate([t.collection for t in tables]),
    )
    return LineSet(
        table,
        tuple(later([part.lines[role] for part in parts]) for role in range(ROLES)),
        tuple(
            Steps(
                *(
                    np.concatenate([getattr(part.steps[role], name) for part in parts])
                    for name in ("pitch", "onset", "left", "following")
                )
            )
            for role in range(ROLES)
        ),
        tuple(returned([part.returns[role] for part in parts]) for role in range(ROLES)),
        np.concatenate([part.source for part in parts]),
        np.concatenate([part.split for part in parts]),
        np.concatenate([part.labelled for part in parts]),
        np.concatenate([part.tokens for part in parts], 1),
        np.concatenate([part.piece + 10_000_000 * i for i, part in enumerate(parts)]),
        np.concatenate([part.time + b for part, b in zip(parts, beat, strict=False)]),
        *_made(parts),
    )


def _made(
    parts: list[LineSet],
) -> tuple[npt.NDArray[np.float16] | None, npt.NDArray[np.bool_] | None]:
    made = [part.made for part in parts if part.made is not None]
    there = [part.made_there for part in parts if part.made_there is not None]
    if len(made) < len(parts) or len(there) < len(parts):
        return None, None
    return np.concatenate(made, 1), np.concatenate(there)
