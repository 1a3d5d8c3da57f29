"""Harmony for whole cues: chords with phrases, cadences and returns, for all takes of all requests at once.

A plan says where chords change and what is fixed (`_plan`): learnt change patterns at the asked harmonic
rhythm, phrases that come back, cadence targets. The network then names the chords one after the other
(`_name_chords`), bent by the rules of `cadence`. Double precision: results do not vary.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from engine.errors import WeightsError
from engine.generate.cadence import MAJOR_SOURCES, STARTS, STYLES, mask_of
from engine.generate.chord_events import (
    CHORD_COUNT,
    FEATURES,
    SLOTS,
    EventContext,
    chord_tone,
    encode,
    tension_condition,
    tension_place,
)
from engine.generate.harmonic_rhythm import ChangePatterns
from engine.generate.harmony_events import (
    FREE,
    PHRASE,
    Brief,
    Events,
    ended_pattern,
    finish_chords,
    given_bar,
    new_bar,
    returning_bar,
    set_cadences,
    style_of,
)
from engine.generate.harmony_plan import HarmonyPlan, as_plan, request_brief
from engine.generate.request import Request
from engine.music.descriptors import chord_tension

SHIPPED: Final = Path(__file__).resolve().parent.parent / "weights" / "harmony"
GROUP: Final = 4
TENSION_TILT: Final = 10.0
"""Log-weight that full asked tension gives to the most tense chord (`chord_tension`) over the calmest, and
its lack takes. Told apart by distance from the tonic alone (6.0 before), chords followed tension no better
(ρ .52 in place of .62) and calm music lost its mediants."""
LEAST_SHARE: Final = 0.003
"""Chords less likely than this share of the likeliest are never taken. At .03 eight bars had a chord in six
fewer than real ones under the same conditions; at .003 as many."""

_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]


class HarmonyModel:
    """Learnt harmony with rules. Reentrant: writing changes nothing in it."""

    def __init__(self, tensors: dict[str, _Floats], config: dict[str, Any]) -> None:
        self._tensors = tensors
        self.sources: tuple[str, ...] = tuple(config["sources"])
        self._patterns = ChangePatterns(config["masks"], config["paces"])
        self._levels: dict[str, list[float]] = config["tension_levels"]
        self._returns: dict[str, float] = config["returns"]
        self._hidden = tensors["chord.weight"].shape[1]
        embedding = tensors["embed.weight"].shape[1]
        entry = tensors["recur.weight_ih_l0"]
        # What a chord brings to the gates, worked out for every chord; and what the features bring.
        self._of_chord = tensors["embed.weight"] @ entry[:, :embedding].T + tensors["recur.bias_ih_l0"]
        self._of_features = np.ascontiguousarray(entry[:, embedding:].T)
        self._ahead: dict[tuple[tuple[int, ...], bool], _Floats] = {}

    @classmethod
    def load(cls, folder: Path | None = None) -> "HarmonyModel":
        """The shipped weights or those in `folder`. Raises WeightsError, naming what is damaged or
        missing."""
        return _load(folder or SHIPPED)

    def compose(self, requests: Sequence[Request], takes: Sequence[int]) -> list[list[HarmonyPlan]]:
        """Harmony for every request and take number (from 1); take k depends on (seed, k) alone."""
        briefs = [request_brief(request, take) for request in requests for take in takes]
        written = iter(self.write(briefs))
        return [[as_plan(request, next(written)) for _ in takes] for request in requests]

    def write(self, briefs: Sequence[Brief]) -> list[npt.NDArray[np.int8]]:
        """Key-relative chords of every brief: int8 [M, 4, 3] (root, quality, bass); unused slots repeat the
        last."""
        sources = [self._source(brief) for brief in briefs]
        planned = [self._plan(brief, source) for brief, source in zip(briefs, sources, strict=True)]
        named = self._name_chords(briefs, planned, sources)
        return [
            _table(brief, events, *names) for brief, events, names in zip(briefs, planned, named, strict=True)
        ]

    # Planning: where chords change, what comes back, where phrases rest
    # ------------------------------------------

    def _source(self, brief: Brief) -> str:
        """The archive whose manner the brief's harmony has, drawn by the style's weights: real music has one
        manner at a time, and that is what was learnt."""
        weights = style_of(brief).sources
        known = {name: weights[name] for name in weights if name in self.sources}
        if brief.minor and known.keys() - MAJOR_SOURCES:
            known = {name: known[name] for name in known if name not in MAJOR_SOURCES}
        known = known or dict.fromkeys(self.sources, 1.0)
        running = np.cumsum(list(known.values()))
        chosen = int(np.searchsorted(running, brief.rng.random() * running[-1], side="right"))
        return list(known)[min(chosen, len(known) - 1)]

    def _plan(self, brief: Brief, source: str) -> Events:
        bars = len(brief.meter)
        origin = self._inner_returns(brief, source)
        events = Events()
        before = -1
        for bar in range(bars):
            meter = int(brief.meter[bar])
            slots = SLOTS[meter]
            earlier = int(origin[bar])
            chances = brief.rng.random(2).tolist()
            if brief.given is not None and brief.given[bar, 0, 0] != FREE:
                given_bar(events, brief.given[bar], bar, slots)
            elif earlier >= 0 and SLOTS[int(brief.meter[earlier])] == slots:
                returning_bar(events, bar, earlier, slots, bar > 0 and int(origin[bar - 1]) == earlier - 1)
            else:
                place = float(brief.harmonic_rhythm[bar])
                before = self._patterns.draw(source, meter, place, before, chances)
                new_bar(events, bar, slots, ended_pattern(brief, bar, before) | int(bar == 0))
        set_cadences(brief, style_of(brief), events)
        return events

    def _inner_returns(self, brief: Brief, source: str) -> _Ints:
        """The brief's returns, and as often as real phrases do it, a second half that begins like the
        first."""
        origin = brief.origin.copy()
        if brief.closing or brief.loop:
            origin[-2:] = -1  # the end is written for the end
        if brief.ends is not None:
            return origin
        chance = self._returns.get(source, 0.0)
        for begin in range(0, len(origin) - PHRASE + 1, PHRASE):
            returns = brief.rng.random() < chance
            if returns and (origin[begin : begin + PHRASE] < 0).all():
                origin[begin + 4 : begin + 6] = (begin, begin + 1)
        return origin

    # Naming: the network runs through all briefs side by side
    # ----------------------------------------------------

    def _name_chords(
        self, briefs: Sequence[Brief], planned: Sequence[Events], sources: Sequence[str]
    ) -> list[tuple[_Ints, _Ints]]:
        """Chord number and bass degree of every event of every brief."""
        if not briefs:
            return []
        longest = max(len(events.bar) for events in planned)
        chains = len(briefs)
        features = np.zeros((chains, longest, FEATURES + len(self.sources)))
        draws = np.zeros((chains, longest, 3))
        for row, (brief, events, source) in enumerate(zip(briefs, planned, sources, strict=True)):
            features[row, : len(events.bar)] = self._features(brief, events, source)
            draws[row, : len(events.bar)] = brief.rng.random((len(events.bar), 3))
        chords = np.full((chains, longest + 1), CHORD_COUNT, dtype=np.int64)
        degrees = np.zeros((chains, longest), dtype=np.int64)
        known = np.full((chains, longest), -1, dtype=np.int64)
        copied = np.full((chains, longest), -1, dtype=np.int64)
        for row, events in enumerate(planned):
            known[row, : len(events.bar)] = events.forced
            copied[row, : len(events.bar)] = events.copy_of
        leaning = self._leanings(briefs, planned, longest)
        bias = np.stack([style_of(brief).bias[brief.minor] for brief in briefs])
        tilt = np.zeros((chains, longest))
        for row, (brief, events) in enumerate(zip(briefs, planned, strict=True)):
            place = tension_place(brief.tension)[events.bar]
            tilt[row, : len(events.bar)] = TENSION_TILT * (place - 0.5)
        tense = np.stack([chord_tension()[int(brief.minor)].reshape(-1) for brief in briefs])
        state = np.zeros((chains, self._hidden))
        rows = np.arange(chains)
        before = chords[:, -1]
        heard = _times(features.reshape(chains * longest, -1), self._of_features)
        heard = heard.reshape(chains, longest, -1)
        for k in range(longest):
            state = self._step(self._of_chord[before] + heard[:, k], state)
            score = _times(state, self._tensors["chord.weight"].T) + self._tensors["chord.bias"]
            score += bias + tilt[:, k, None] * tense
            if k > 0:
                score[rows, np.minimum(before, CHORD_COUNT - 1)] = -50.0  # an event is a change
            for row, mask in leaning[k]:
                score[row] += mask
            drawn = _draw(score, draws[:, k, 0])
            brought = chords[rows, copied[:, k]]
            before = np.where(known[:, k] >= 0, known[:, k], np.where(copied[:, k] >= 0, brought, drawn))
            chords[:, k] = before
            degrees[:, k] = self._basses(state, before, draws[:, k, 2])
        result = []
        for row, (brief, events) in enumerate(zip(briefs, planned, strict=True)):
            count = len(events.bar)
            named, degree = chords[row, :count], degrees[row, :count]
            finish_chords(brief, events, named, degree, draws[row, :count, 1])
            result.append((named, degree))
        return result

    def _features(self, brief: Brief, events: Events, source: str) -> _Floats:
        bars = len(brief.meter)
        bar = np.array(events.bar, dtype=np.int64)
        slots = np.array([SLOTS[m] for m in brief.meter.tolist()])
        start = np.concatenate([[0], np.cumsum(slots)])
        at = start[bar] + np.array(events.slot, dtype=np.int64)
        levels = self._levels[f"{source}/{int(brief.minor)}"]
        tension = tension_condition(tension_place(brief.tension), np.arange(bars) // GROUP, levels)
        count = len(bar)
        context = EventContext(
            np.full(count, int(brief.minor)),
            brief.meter[bar],
            np.array(events.slot, dtype=np.int64),
            bar % GROUP,
            bars - 1 - bar if brief.closing else np.full(count, 9),
            np.diff(np.r_[at, start[-1]]),
            tension[bar],
        )
        told = np.zeros((count, len(self.sources)))
        told[:, self.sources.index(source)] = 1.0
        return np.concatenate([encode(context), told], axis=1)

    def _step(self, outer: _Floats, state: _Floats) -> _Floats:
        """One step of the gated recurrent unit from what enters its gates [N, 3H], in torch's order (reset,
        update, new)."""
        size = self._hidden
        inner = _times(state, self._tensors["recur.weight_hh_l0"].T) + self._tensors["recur.bias_hh_l0"]
        both = 1 / (1 + np.exp(-(outer[:, : 2 * size] + inner[:, : 2 * size])))
        new = np.tanh(outer[:, 2 * size :] + both[:, :size] * inner[:, 2 * size :])
        return np.asarray(new + both[:, size:] * (state - new))

    def _leanings(
        self, briefs: Sequence[Brief], planned: Sequence[Events], longest: int
    ) -> list[list[tuple[int, _Floats]]]:
        """What cadences and beginnings add to the scores of single events: for each step (chain,
        log-weights)."""
        result: list[list[tuple[int, _Floats]]] = [[] for _ in range(longest)]
        for row, (brief, events) in enumerate(zip(briefs, planned, strict=True)):
            if events.bar and 0 not in events.target:
                result[0].append((row, _start_mask(brief.minor, brief.style, brief.loop)))
            for event, chords in events.target.items():
                result[event].append((row, mask_of(chords)))
                result[event - 1].append((row, self._towards(chords, brief.minor)))
        return result

    def _towards(self, chords: tuple[int, ...], minor: bool) -> _Floats:
        """Log-chance that each chord goes on to one of `chords`: [CHORD_COUNT]."""
        key = (chords, minor)
        if key not in self._ahead:
            table = self._tensors["lookahead"][int(minor)]
            self._ahead[key] = np.log(np.exp(table[:, list(chords)]).sum(axis=1) + 1e-6)
        return self._ahead[key]

    def _basses(self, state: _Floats, chord: _Ints, draw: _Floats) -> _Ints:
        """Which chord tone lies in the bass, 0–3."""
        entry = np.concatenate([state, self._tensors["embed.weight"][chord]], axis=1)
        logits = _times(entry, self._tensors["bass.weight"].T) + self._tensors["bass.bias"]
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        running = np.cumsum(np.round(chances / chances.sum(axis=1, keepdims=True), 9), axis=1)
        return np.asarray(
            (draw[:, None] * running[:, -1:] >= running).sum(axis=1).clip(max=3), dtype=np.int64
        )


def _times(left: _Floats, right: _Floats) -> _Floats:
    """A product of matrices on as many threads as torch has here; numpy's own would wait for its threads."""
    product: _Floats = (torch.from_numpy(left) @ torch.from_numpy(right)).numpy()
    return product


def _draw(score: _Floats, draw: _Floats) -> _Ints:
    """One chord a row, by inverse distribution; the unlikeliest are never taken."""
    chances = np.exp(score - score.max(axis=1, keepdims=True))
    chances[chances < LEAST_SHARE] = 0.0
    running = np.cumsum(np.round(chances, 9), axis=1)  # rounded: no last-bit difference may tip a draw
    return np.asarray((draw[:, None] * running[:, -1:] >= running).sum(axis=1).clip(max=CHORD_COUNT - 1))


_TONES: Final = np.array([[chord_tone(chord, degree) for degree in range(4)] for chord in range(CHORD_COUNT)])


def _table(brief: Brief, events: Events, chords: _Ints, degrees: _Ints) -> npt.NDArray[np.int8]:
    """Events laid out by bar and slot."""
    rows = np.stack([chords % 12, chords // 12, _TONES[chords, degrees]], axis=1)
    cells = np.array([row + [row[-1]] * (4 - len(row)) for row in events.cell], dtype=np.int64).reshape(-1, 4)
    table = rows[cells] if len(cells) else np.zeros((0, 4, 3))
    if brief.given is not None:
        fixed = brief.given[:, 0, 0] != FREE
        table[fixed] = brief.given[fixed]
    return table.astype(np.int8)


@cache
def _start_mask(minor: bool, style: str, loop: bool) -> _Floats:
    """What a cue may begin with; pentatonic and other coloured styles may also begin on their own closing
    chords. A loop comes back from its dominant, to where a dominant leads."""
    allowed = dict(STARTS[minor])
    for chord in STYLES.get(style, STYLES["piano"]).final[minor]:
        allowed.setdefault(chord, -0.7)
    mask = np.full(CHORD_COUNT, -60.0)
    for chord, weight in allowed.items():
        if not (loop and chord % 12 in (2, 4, 7, 10)):
            mask[chord] = weight
    return mask


@cache
def _load(folder: Path) -> HarmonyModel:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        tensors = {
            name: value.astype(np.float64)
            for name, value in load_file(folder / "harmony.safetensors").items()
        }
    except (OSError, ValueError, SafetensorError) as error:
        raise WeightsError(f"harmony weights in {folder} cannot be read: {error}") from error
    if config.get("format") != "melodrama-harmony" or config.get("version") != 2:
        raise WeightsError(f"{folder / 'config.json'} is not a harmony model of version 2")
    inputs = config.get("embedding", 0) + FEATURES + len(config.get("sources", ()))
    expected = {
        "recur.weight_ih_l0": (3 * config.get("hidden", 0), inputs),
        "lookahead": (2, CHORD_COUNT, CHORD_COUNT),
    }
    for name, shape in expected.items():
        if name not in tensors or tensors[name].shape != shape:
            raise WeightsError(f"{folder / 'harmony.safetensors'}: {name} is missing or of another shape")
    return HarmonyModel(tensors, config)
