"""Real accompaniments as the writer learns them, and the stretches of them drawn for training, with what they
are told blurred or hidden as it may be at composing time."""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.generate.accompaniment.conditions import BLOCKS, GIST, SIZE, Before, FigureTable, event_features
from engine.generate.accompaniment.events import END, PITCHES, Struck, sounding_line, struck_of
from engine.generate.chord_features import step_roots
from engine.generate.grid import METER_STEPS
from engine.generate.harmony_features import harmony_features
from engine.generate.lines.conditions import MADE, SOURCES, slots_of, smoothed
from engine.generate.set_codec import SetCodec
from engine.generate.weights import Networks
from engine.train.music.fits import middle_of
from engine.train.music.tensors import Bars
from engine.train.music.writer.data import line_set
from engine.train.music.writer.made_gist import made_latents
from engine.train.music.writer.prepare import collections_of

Ints = npt.NDArray[np.int64]

IGNORED = -100
"""Target of what is not learnt from."""

TAUGHT = {
    "pop909": 0.34,
    "openscore_lieder": 0.34,
    "openscore_orchestra": 0.12,
    "vgmidi": 0.12,
    "freedoom": 0.05,
    "openscore_quartets": 0.03,
}
"""How often the collections are drawn: those whose chords role accompanies."""


@dataclass(frozen=True, slots=True)
class FigureSet:
    """B bars and their accompaniments: `table` with everything told, `struck` the events, `onsets` masks [B,
    16] and `held` (sounding but not struck) [B, 16], `root` of the chord [B, 16], `split` [B], `source`
    collection number [B], `time` the first sixteenth of each bar; `made` float16 [B, 36] the generator's gist
    for these conditions, `made_there` bool [B] where there is one."""

    table: FigureTable
    struck: Struck
    onsets: Ints
    held: Ints
    root: Ints
    split: Ints
    source: Ints
    time: Ints
    made: npt.NDArray[np.float16]
    made_there: npt.NDArray[np.bool_]


def figure_set(bars: Bars, networks: Networks, made: bool = True) -> FigureSet:
    """The accompaniments of all bars, with the codec's gist, the returns of their melodies and, with `made`,
    the generator's gist."""
    lines = line_set(bars, collections_of(bars), None, {})
    steps = np.asarray(METER_STEPS)[bars.meter]
    onsets, sounds = bars.arrays.onsets[0], bars.arrays.sounds[0]
    playing = bars.arrays.present[:, 2]
    gist = gist_of(networks, bars)
    melody, melody_onset = sounding_line(bars.arrays.tokens[0], 0, steps)
    bass, bass_onset = sounding_line(bars.arrays.tokens[2], 2, steps)
    table = FigureTable(
        slots_of(bars.chords),
        bars.meter,
        bars.minor,
        bars.run,
        playing,
        bars.conditions,
        np.ones(len(bars), np.bool_),
        lines.table.phrase_bar,
        lines.table.phrase_left,
        bars.left,
        gist,
        np.zeros(len(bars), np.float32),
        lines.table.collection,
        melody.astype(np.int16),
        melody_onset.astype(np.int16),
        bass.astype(np.int16),
        bass_onset.astype(np.int16),
        lines.returns[0].source,
    )
    return FigureSet(
        table,
        struck_of(onsets, sounds, steps, playing, bars.run),
        onsets,
        sounds & ~onsets,
        step_roots(bars.chords, bars.meter),
        bars.split,
        collections_of(bars),
        np.cumsum(steps) - steps,
        *(_made(networks, bars) if made else _none_made(len(bars))),
    )


def _made(networks: Networks, bars: Bars) -> tuple[npt.NDArray[np.float16], npt.NDArray[np.bool_]]:
    latents, there = made_latents(networks, bars)
    gist = np.zeros((len(bars), GIST), np.float16)
    own = latents[:, _chords_of(networks)]
    gist[:, : own.shape[1]] = own
    return gist, there


def _chords_of(networks: Networks) -> slice:
    """Where the chords role stands among the latents; narrower ones than `GIST` are filled up with zeros."""
    sizes = networks.config.codec.latents
    first = sum(sizes[:2])
    return slice(first, first + sizes[2])


def _none_made(bars: int) -> tuple[npt.NDArray[np.float16], npt.NDArray[np.bool_]]:
    return np.zeros((bars, GIST), np.float16), np.zeros(bars, np.bool_)


def gist_of(networks: Networks, bars: Bars) -> npt.NDArray[np.float32]:
    """Standardised latents of the accompaniment of every bar: float [B, 36], 0 where it rests."""
    role = networks.codec.roles[2]
    assert isinstance(role, SetCodec)
    here = _chords_of(networks)
    mean, scale = networks.mean[here], networks.scale[here]
    gist = np.zeros((len(bars), GIST), np.float32)
    playing = np.flatnonzero(bars.arrays.present[:, 2])
    with torch.no_grad():
        for rows in np.array_split(playing, len(playing) // 2048 + 1):
            harmony = harmony_features(bars.chords[rows], bars.meter[rows], bars.minor[rows])
            onsets, sounds = (
                torch.from_numpy(masks[0][rows]) for masks in (bars.arrays.onsets, bars.arrays.sounds)
            )
            latent, _ = role.encode(role.roll(onsets, sounds), harmony)
            gist[rows, : len(mean)] = torch.where(
                scale > 0, (latent - mean) / scale.clamp(min=1e-6), 0.0
            ).numpy()
    return gist


def checksum(figures: FigureSet) -> str:
    """SHA-256 of what is learnt from: the notes, harmony, splits and returns."""
    digest = hashlib.sha256()
    t = figures.table
    for values in (figures.onsets, figures.held, t.slots, t.melody, t.bass, t.source, figures.split):
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Hidden:
    """How often what is hidden from a stretch; `blur` the range of the standard deviation added to the
    gist; `asked_noise` added to what is asked. `made`: how often the gist is the generator's, told as blurred
    by `MADE`; `asked_over`: what is asked is told as its mean over so many bars, one of these lengths a
    stretch (none: bar by bar)."""

    gist: float = 0.25
    asked: float = 0.15
    phrase: float = 0.1
    returns: float = 0.3
    collection: float = 0.1
    blur: tuple[float, float] = (0.3, 2.0)
    asked_noise: float = 0.08
    made: float = 0.0
    asked_over: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """W stretches of T events: `told` [W, T, SIZE], `time` [W, T]; every decision [D]: the `event` (row of
    W·T), notes `below` [D, 52], how long the last of them lasts `lasting`, the chord's `root`; targets
    `pitch`, `steps` (IGNORED at an end), `wait` (IGNORED but at an end)."""

    told: Tensor
    time: Tensor
    event: Tensor
    below: Tensor
    lasting: Tensor
    root: Tensor
    pitch: Tensor
    steps: Tensor
    wait: Tensor


class Stretches:
    """Draws batches of stretches of a split."""

    def __init__(self, figures: FigureSet, split: int, length: int, seed: int, hidden: Hidden) -> None:
        self.figures, self.length, self.hidden = figures, length, hidden
        table = figures.table
        self._asked = {over: smoothed(table.asked, table.run, over) for over in hidden.asked_over}
        self.rng = np.random.default_rng(seed)
        struck = figures.struck
        run = figures.table.run[struck.row]
        new = np.r_[True, run[1:] != run[:-1]]
        ends = np.append(np.flatnonzero(new)[1:], len(struck))
        self._end = ends[np.cumsum(new) - 1]
        self._begin = np.maximum.accumulate(np.where(new, np.arange(len(struck)), 0))
        starts = np.flatnonzero(struck.step == 0)
        starts = starts[(figures.split[struck.row[starts]] == split) & (self._end[starts] - starts >= 24)]
        source = figures.source[struck.row[starts]]
        self._starts = {name: starts[source == SOURCES.index(name)] for name in TAUGHT}
        self._before()

    def _before(self) -> None:
        """The last event before each one that strikes anything, in the same run, −1 where none."""
        struck = self.figures.struck
        strikes = np.diff(struck.first) > 0
        index = np.arange(len(struck))
        latest = np.maximum.accumulate(np.where(strikes, index, -1))
        before = np.append(-1, latest[:-1])
        self._last = np.where(before >= self._begin, before, -1)
        notes = np.diff(struck.first)
        total = np.append(0, np.cumsum(struck.steps))
        self._mean = (total[struck.first[1:]] - total[struck.first[:-1]]) / np.maximum(1, notes)
        self._at = self.figures.time[struck.row] + struck.step

    def draw(self, count: int) -> Batch:
        """W = `count` stretches."""
        names = [name for name in TAUGHT if len(self._starts[name])]
        share = np.array([TAUGHT[name] for name in names])
        picks = [
            int(self.rng.choice(self._starts[names[int(k)]]))
            for k in self.rng.choice(len(names), count, p=share / share.sum())
        ]
        return self.assemble(picks)

    def every(self, most: int) -> list[int]:
        """Starts that cover the collections without overlap, at most so many of each."""
        picks: list[int] = []
        for starts in self._starts.values():
            own, reached = [], -1
            for start in starts.tolist():
                if start >= reached:
                    own.append(start)
                    reached = start + self.length
            picks += [own[i] for i in np.random.default_rng(5).permutation(len(own))[:most]]
        return picks

    def assemble(self, picks: list[int], hide: bool = True) -> Batch:
        """The same from given first events; without `hide` everything but the gist is told as it is."""
        f, struck, length = self.figures, self.figures.struck, self.length
        first = np.array(picks)
        size = np.minimum(first + length, self._end[first]) - first
        index = np.minimum(first[:, None] + np.arange(length), (first + size - 1)[:, None])
        real = np.arange(length) < size[:, None]
        flat = index.reshape(-1)
        row, step = struck.row[flat], struck.step[flat]
        last = self._last[flat]
        known = last >= 0
        last = np.maximum(last, 0)
        before = Before(
            f.held[row, step],
            np.where(known, f.onsets[struck.row[last], struck.step[last]], 0),
            np.where(known, self._mean[last], 0.0).astype(np.float32),
            np.where(known, np.minimum(self._at[flat] - self._at[last], 32), 0).astype(np.float32),
        )
        told = event_features(f.table, f.onsets, row, step, before).reshape(len(picks), length, SIZE)
        self._tell(told, row.reshape(len(picks), length), hide)
        time = self._at[flat].reshape(len(picks), length) - self._at[first][:, None]
        return self._with_targets(told, time, flat, real.reshape(-1))

    def _tell(self, told: npt.NDArray[np.float32], row: Ints, hide: bool) -> None:
        """Blurs and hides what is told, in place."""
        h, rng, f = self.hidden, self.rng, self.figures
        for number, one in enumerate(told):
            bar = row[number] - row[number, 0]
            if h.asked_over:
                over = int(rng.choice(h.asked_over)) if hide else middle_of(h.asked_over)
                one[:, BLOCKS["asked"]][:, 1:-1] = 2 * self._asked[over][row[number]] - 1
            if not hide or rng.random() < h.gist:
                one[:, BLOCKS["gist"]] = 0
                one[:, BLOCKS["blur"]] = 0
            elif h.made > 0 and rng.random() < h.made:
                there = f.made_there[row[number]].astype(np.float32)[:, None]
                one[:, BLOCKS["gist"]] = f.made[row[number]].astype(np.float32) * there
                one[:, BLOCKS["blur"]] = there * np.array([[MADE, 1.0]], np.float32)
            else:
                blur = float(np.exp(rng.uniform(*np.log(h.blur))))
                noise = rng.standard_normal((int(bar.max()) + 1, GIST), np.float32)
                one[:, BLOCKS["gist"]] += blur * noise[bar]
                one[:, BLOCKS["blur"].start] = blur
            if not hide:
                continue
            asked = one[:, BLOCKS["asked"]]
            asked[:, 1:-1] += 2 * h.asked_noise * rng.standard_normal(asked.shape[1] - 2).astype(np.float32)
            if rng.random() < h.asked:
                asked[:, 1:] = 0
            for name, chance in (("phrase", h.phrase), ("return", h.returns), ("collection", h.collection)):
                if rng.random() < chance:
                    one[:, BLOCKS[name]] = 0

    def _with_targets(
        self, told: npt.NDArray[np.float32], time: Ints, flat: Ints, real: npt.NDArray[np.bool_]
    ) -> Batch:
        struck = self.figures.struck
        place = np.flatnonzero(real)
        chosen = flat[place]
        notes = struck.first[chosen + 1] - struck.first[chosen]
        event = np.repeat(np.arange(len(chosen)), notes + 1)
        turn = np.arange(len(event)) - np.repeat(np.cumsum(notes + 1) - (notes + 1), notes + 1)
        ending = turn == notes[event]
        note = np.minimum(struck.first[chosen[event]] + turn, len(struck.pitch) - 1)
        pitch = np.where(ending, END, struck.pitch[note])
        lasting = np.where(turn > 0, struck.steps[np.maximum(note - 1, 0)], 0)
        lasting = np.where(ending & (turn > 0), struck.steps[struck.first[chosen[event]] + turn - 1], lasting)
        # What lies below: the bits of the chord under the note to be named.
        mask = self.figures.onsets[struck.row[chosen], struck.step[chosen]][event]
        under = np.where(ending, mask, mask & ((np.int64(1) << np.minimum(pitch, 62)) - 1))
        below = ((under[:, None] >> np.arange(PITCHES)) & 1).astype(np.float32)
        root = self.figures.root[struck.row[chosen], struck.step[chosen]][event]
        return Batch(
            torch.from_numpy(told),
            torch.from_numpy(time.astype(np.float32)),
            torch.from_numpy(place[event]),
            torch.from_numpy(below),
            torch.from_numpy(lasting),
            torch.from_numpy(root),
            torch.from_numpy(pitch),
            torch.from_numpy(np.where(ending, IGNORED, struck.steps[note] - 1)),
            torch.from_numpy(np.where(ending, struck.wait[chosen][event] - 1, IGNORED)),
        )
