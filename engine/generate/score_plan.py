"""The plan of one take before any note: model bars, harmony, who plays, what returns, what is asked of each
bar."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dsl.plan import ROLES
from engine.generate.config import WINDOW
from engine.generate.form import FittedShapes, choose_shape, plain_chords, returning_bars
from engine.generate.harmony_events import FREE
from engine.generate.metre import ModelBar, bar_steps, model_bars
from engine.generate.motif import chord_under, motif_bars, motif_chords
from engine.generate.request import STEPS_PER_BEAT, MotifPlacement, Request, theme_ends
from engine.generate.weights import Networks
from engine.music.descriptors import CONDITIONS, chord_changes, percentile
from engine.music.intent import Intent
from engine.music.palettes import style_palette
from engine.music.theory import QUALITIES

RETURN_LIMIT = 0.25
"""A bar does not return where the asked density or register has moved by more than this percentile."""

FEW_DRUMS = 0.4
"""Drums that would play in fewer of a take's bars do not play at all: a bar of drums alone sounds like a
mistake."""

FAR = 99
"""Bars left where the music does not close."""


@dataclass(frozen=True, slots=True)
class TakePlan:
    """M model bars (arrays padded to whole phrases where marked P). `chords` int8 [M, 4, 3] key-relative;
    `meter`, `steps` int [M]; `minor` bool [M]; `present` bool [P, 5]; `source` int [P, 5]; `origin` int [M]:
    the earlier bar that a bar brings back, −1 none; `asked` float [M, 7] percentiles;
    `dynamics` [M]; `style` [sources]; `end`: the last bar's number where the piece closes; `motifs` with
    model bars."""

    chords: npt.NDArray[np.int8]
    meter: npt.NDArray[np.int64]
    steps: npt.NDArray[np.int64]
    minor: npt.NDArray[np.bool_]
    present: npt.NDArray[np.bool_]
    source: npt.NDArray[np.int64]
    origin: npt.NDArray[np.int64]
    asked: npt.NDArray[np.float32]
    dynamics: npt.NDArray[np.float64]
    style: npt.NDArray[np.float32]
    end: int
    motifs: tuple[MotifPlacement, ...]

    def __len__(self) -> int:
        return len(self.meter)


def style_weights(networks: Networks, style: str) -> npt.NDArray[np.float32]:
    """A style as weights over the training sources; a style without an entry hears all of them."""
    sources = networks.config.gan.sources
    entry = networks.config.styles.get(style, {})
    weights = np.array([entry.get(source, 0.0) for source in sources], np.float32)
    return (
        weights / weights.sum() if weights.sum() > 0 else np.full(len(sources), 1 / len(sources), np.float32)
    )


def style_condition(
    networks: Networks, style: str, shape: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Half the style's name, half the archive of a shape with style vector `shape`: what training told.
    [sources]. A style that the weights do not know is told as the shape's own vector."""
    sources = networks.config.gan.sources
    if style not in sources:
        return shape
    named = np.array([source == style for source in sources], np.float32)
    archive = np.where([source in networks.config.styles for source in sources], 0.0, shape)
    total = float(archive.sum())
    return (named if total <= 0 else 0.5 * named + 0.5 * archive / total).astype(np.float32)


def asked_percentiles(intents: tuple[Intent, ...], style: str = "") -> npt.NDArray[np.float32]:
    """Conditions [bars, 7] in the order of `descriptors.CONDITIONS`, within the style's ranges; texture
    stands at the median until a shape is chosen."""
    rows = [
        (i.density, i.register, i.tension, i.harmonic_rhythm, 0.5 + 0.5 * i.mode, i.density, 0.5)
        for i in intents
    ]
    asked = np.clip(np.array(rows, np.float32), 0, 1)
    for name, (low, high) in style_palette(style).ranges.items():
        for column in (0, 5) if name == "density" else (CONDITIONS.index(name),):
            asked[:, column] = low + (high - low) * asked[:, column]
    return asked


def plan_take(
    request: Request,
    networks: Networks,
    fitted: FittedShapes,
    chords: npt.NDArray[np.int8] | None,
    rng: np.random.Generator,
    returns: npt.NDArray[np.int64] | None = None,
) -> TakePlan:
    """Plans a take with the randomness given. `chords` [M, 4, 3] are the harmony model's, or None for a plain
    plan; `fitted` the shapes for the request's roles; `returns` [M] the bars that come back by a planned form
    (none: by the plain plans of `form`)."""
    parts = model_bars(request.meter, request.bars)
    intents = tuple(request.intents[part.bar] for part in parts)
    bars = len(parts)
    minor = request.key.mode == "minor"
    meter = np.array([part.meter for part in parts])
    asked = asked_percentiles(intents, request.style)
    origin = returning_bars(bars) if returns is None else returns.copy()
    moved = np.abs(asked[:, :2] - asked[np.maximum(origin, 0), :2]).max(1)
    origin = np.where(moved > RETURN_LIMIT, -1, origin)
    style = style_weights(networks, request.style)
    if chords is None:
        chords = plain_chords(bars, minor, request.closing)
        given = motif_harmony(request, parts)
        chords = np.where(given[:, :1, :1] == FREE, chords, given).astype(np.int8)
    asked[:, 3] = percentile("harmonic_rhythm", chord_changes(chords, meter, np.arange(bars) > 0))
    asked, present, source, style = _shapes(
        request, fitted, chords, asked, meter, origin, style, networks, rng
    )
    motifs = place_motifs(request, parts)
    for motif in motifs:
        over = motif_bars(motif, int(meter[motif.bar]))
        present[motif.bar : min(motif.bar + over, bars), 0] = "melody" in request.roles
    return TakePlan(
        chords,
        meter,
        np.array([part.steps for part in parts]),
        np.full(bars, minor),
        present,
        source,
        origin,
        asked,
        np.array([i.dynamics for i in intents]),
        style,
        bars - 1 if request.closing and not request.loop else bars + FAR,
        motifs,
    )


def _shapes(
    request: Request,
    fitted: FittedShapes,
    chords: npt.NDArray[np.int8],
    asked: npt.NDArray[np.float32],
    meter: npt.NDArray[np.int64],
    origin: npt.NDArray[np.int64],
    style: npt.NDArray[np.float32],
    networks: Networks,
    rng: np.random.Generator,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_], npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Chooses a shape a phrase: (asked percentiles with its texture, who plays, what repeats, the style
    vector).

    The generator is told the style by name and the archive that the first shape comes from, together a
    vector it has seen in training; the shapes that follow lean to phrases like it: a take has one manner.
    """
    shapes = fitted.shapes
    bars = len(meter)
    padded = -(-bars // WINDOW) * WINDOW
    wanted = np.array([role in request.roles for role in ROLES])
    present = np.zeros((padded, len(ROLES)), np.bool_)
    source = np.zeros((padded, len(ROLES)), np.int64)
    asked = asked.copy()
    first_style = style
    for first in range(0, padded, WINDOW):
        here = slice(first, min(first + WINDOW, bars))
        density = float(asked[here, 0].mean())
        same = _equal_chords(chords[here])
        shape = choose_shape(fitted, style, int(meter[first]), density, same, rng)
        if first == 0:
            first_style = style_condition(networks, request.style, shapes.style[shape])
            style = ((style + first_style) / 2).astype(np.float32)
        present[first : first + WINDOW] = shapes.present[shape] & wanted
        source[first : first + WINDOW] = shapes.source[shape]
        asked[here, 5:] = shapes.texture[shape][: here.stop - first]
        if not present[first : first + WINDOW, :4].any() and wanted[:4].any():
            present[first : first + WINDOW] |= wanted
    for bar in np.flatnonzero(origin >= 0):
        present[bar] = present[origin[bar]]
    if wanted[:4].any() and present[:bars, 4].mean() < FEW_DRUMS:
        present[:, 4] = False
    dead = ~present[:, :4].any(1)
    lead = int(np.argmax(wanted[:4])) if wanted[:4].any() else 4
    present[dead, lead] = wanted[lead]
    return asked, present, source, first_style


def _equal_chords(chords: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Which bars of a phrase have the same harmony: bool [8, 8], False beyond the end."""
    same = np.zeros((WINDOW, WINDOW), np.bool_)
    bars = len(chords)
    same[:bars, :bars] = (chords[:, None] == chords[None]).all((2, 3))
    return same


def place_motifs(request: Request, parts: tuple[ModelBar, ...]) -> tuple[MotifPlacement, ...]:
    """Placements with model bars in place of the request's bars; those beyond the end are dropped."""
    first: dict[int, int] = {}
    for row, part in enumerate(parts):
        for bar in range(part.bar, part.bar + max(1, part.steps // bar_steps(request.meter))):
            first.setdefault(bar, row)
    return tuple(replace(m, bar=first[m.bar]) for m in request.motifs if m.bar in first)


def motif_harmony(request: Request, parts: tuple[ModelBar, ...]) -> npt.NDArray[np.int8]:
    """Chords [M, 4, 3] that motifs bring along, root `FREE` in all other bars."""
    given = np.full((len(parts), 4, 3), FREE, np.int8)
    minor = request.key.mode == "minor"
    shift = -tonic_shift(request)
    for motif in place_motifs(request, parts):
        if not motif.notes:
            chords = motif_chords(motif, shift, parts[motif.bar].meter, minor)
            end = min(len(parts), motif.bar + len(chords))
            given[motif.bar : end] = chords[: end - motif.bar]
    begins = np.cumsum([0, *(part.steps for part in parts)]).tolist()
    for motif, beats in theme_ends(request):
        first = motif.bar * bar_steps(request.meter)
        for row, part in enumerate(parts):
            start, end = begins[row] - first, begins[row] + part.steps - first
            if end > 0 and start < beats * STEPS_PER_BEAT:
                chord = chord_under(motif, start, end, shift, minor)
                given[row] = given[row] if chord is None else chord
    return given


def given_harmony(request: Request, parts: tuple[ModelBar, ...]) -> npt.NDArray[np.int8] | None:
    """Chords [M, 4, 3] that are not the model's to choose: those of motifs and of the opening, root `FREE` in
    all other bars. None where it chooses all of them."""
    if not request.motifs and request.opening is None:
        return None
    given = motif_harmony(request, parts)
    if request.opening is not None and (given[0, :, 0] == FREE).all():
        root, quality = request.opening
        relative = (root - request.key.tonic) % 12
        given[0] = (relative, QUALITIES.index(quality), relative)
    return given


def tonic_shift(request: Request) -> int:
    """Semitones from key-relative (tonic on C) to sounding pitch, −5…6."""
    return request.key.tonic if request.key.tonic <= 6 else request.key.tonic - 12


def neutral_plan(networks: Networks, meter: int) -> TakePlan:
    """The plan under which a motif is drawn by seed: a major phrase of middling everything in every style at
    once."""
    present = np.zeros((WINDOW, len(ROLES)), np.bool_)
    present[:, [0, 2, 3]] = True
    source = np.repeat(np.arange(WINDOW)[:, None], len(ROLES), 1)
    return TakePlan(
        plain_chords(WINDOW, False, False),
        np.full(WINDOW, meter),
        np.full(WINDOW, 16 if meter == 0 else 12),
        np.zeros(WINDOW, np.bool_),
        present,
        source,
        np.full(WINDOW, -1),
        np.tile(np.array([0.6, 0.6, 0.5, 0.5, 0.7, 0.65, 0.5], np.float32), (WINDOW, 1)),
        np.full(WINDOW, 0.5),
        networks.shapes.style.mean(0),
        WINDOW + FAR,
        (),
    )
