"""One planned cue: what its sketch asks for, laid over its real time, with bars and a tempo map that fit."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import TypeVar

from dsl.cue_layout import tempo_under
from dsl.cue_sketch import CueSketch, Moment
from dsl.cue_times import all_with_times
from dsl.curves import curve_of, emotion_segments, steps
from dsl.diagnostics import Span
from dsl.name_pattern import name_pattern
from dsl.placement import Placed
from dsl.plan import (
    PICTURE_BLEND,
    Key,
    Meter,
    PlannedCue,
    PlannedEvent,
    PlannedLine,
    RoleName,
    Setting,
    Transition,
)
from dsl.reading_time import DEFAULT_PACE, line_s, measure, position_s
from dsl.syntax import (
    AtDirective,
    BarsDirective,
    DensityDirective,
    Directive,
    Document,
    DynamicsDirective,
    EmotionDirective,
    FreezeDirective,
    HitDirective,
    InstrumentsDirective,
    KeyDirective,
    LayersDirective,
    LoopDirective,
    MeterDirective,
    MotifEntry,
    MuteDirective,
    Number,
    PauseDirective,
    PictureDirective,
    Ramp,
    RegisterDirective,
    SeedDirective,
    SilenceDirective,
    StyleDirective,
    TakeDirective,
    TempDirective,
    TempoDirective,
    TempoValue,
    TensionDirective,
    TransitionDirective,
)
from dsl.tempo_fit import DEFAULT_BPM, DEFAULT_RANGE, Anchor, TempoFit, TempoWish, wish_for
from dsl.vocabulary import DYNAMICS, REGISTER_VALUES

DEFAULT_STYLE = "piano"
DEFAULT_CROSSFADE_S = 2.0
NEUTRAL: Mapping[type[Directive], float] = {
    DynamicsDirective: DYNAMICS["mf"],
    DensityDirective: 0.5,
    TensionDirective: 0.3,
    RegisterDirective: REGISTER_VALUES["mid"],
}
"""Where a control lies before the first directive that touches it in mid-cue."""
RAMPED = (DynamicsDirective, DensityDirective, TensionDirective, RegisterDirective)
_TURNS = (StyleDirective, KeyDirective, InstrumentsDirective, EmotionDirective)
D = TypeVar("D", bound=Directive)


@dataclass(frozen=True, slots=True)
class Voices:
    """Characters with motifs: the motif of each, and one pattern that finds them named in a text (None:
    nobody)."""

    motifs: Mapping[str, str]
    named: re.Pattern[str] | None
    declared: frozenset[str]
    themes: int
    """How many motifs the characters have, each counted once."""


def voices_of(document: Document) -> Voices:
    """Characters whose declared theme exists, with the pattern that finds their name in narration."""
    declared = frozenset(document.declarations.motifs)
    motifs = {
        name: one.directive.motif.text
        for name, one in document.declarations.characters.items()
        if one.directive.motif is not None and one.directive.motif.text in declared
    }
    return Voices(motifs, name_pattern(motifs), declared, len(set(motifs.values())))


def tempo_wish(tempo: TempoValue | None) -> TempoWish:
    """What a tempo directive allows the fit: its range, or the default one under its factor."""
    if tempo is not None and tempo.low is not None and tempo.high is not None:
        low, high = sorted((tempo.low, tempo.high))
        return wish_for((low, high), (low * high) ** 0.5)
    factor = tempo.factor if tempo is not None and tempo.factor is not None else 1.0
    return wish_for((DEFAULT_RANGE[0] * factor, DEFAULT_RANGE[1] * factor), DEFAULT_BPM * factor)


def bars_asked(sketch: CueSketch) -> int | None:
    """How many bars `@bars` asks for."""
    moment = sketch.of_cue.get(BarsDirective)
    return moment.directive.bars if moment and isinstance(moment.directive, BarsDirective) else None


@dataclass(frozen=True, slots=True)
class Laid:
    """What of a cue is known before its end is: its lines and events, and its other directives with their
    times."""

    start_s: float
    lines: tuple[PlannedLine, ...]
    events: tuple[PlannedEvent, ...]
    timed: tuple[tuple[float, Moment], ...]


def lay(sketch: CueSketch, placed: Placed, voices: Voices) -> Laid:
    """A placed sketch's lines and events, in order of time."""
    lines = placed.lines(sketch.lines)
    timed = tuple((placed.moment_s(moment), moment) for moment in sketch.moments)
    events = [*_asked_events(timed, placed, voices), *_theme_entries(timed, lines, voices)]
    return Laid(placed.starts_s[0], lines, tuple(sorted(events, key=lambda event: event.t_s)), timed)


def _asked_events(
    timed: Sequence[tuple[float, Moment]], placed: Placed, voices: Voices
) -> list[PlannedEvent]:
    events: list[PlannedEvent] = []
    for t_s, moment in timed:
        directive, span = moment.directive, moment.span
        if isinstance(directive, HitDirective):
            name = directive.label.text if directive.label else None
            events.append(PlannedEvent("hit", t_s, name, span))
        elif isinstance(directive, MotifEntry):
            if directive.motif.text in voices.declared:
                events.append(PlannedEvent("motif", t_s, directive.motif.text, span))
        elif isinstance(directive, PauseDirective):
            lasts_s = placed.rest_s(moment.place, moment.duration_s or 0.0)
            events.append(PlannedEvent("pause", t_s, None, span, lasts_s))
        elif isinstance(directive, SilenceDirective):
            lasts_s = placed.rest_s(moment.place, moment.duration_s or 0.0)
            events.append(PlannedEvent("silence", t_s, None, span, lasts_s))
        elif isinstance(directive, AtDirective):
            events.append(PlannedEvent("at", t_s, None, span))
    return events


def _theme_entries(
    timed: Sequence[tuple[float, Moment]], lines: Sequence[PlannedLine], voices: Voices
) -> list[PlannedEvent]:
    """Each character's motif where it first speaks or is named in the cue, unless the script brings it in
    before."""
    if voices.named is None:
        return []
    heard = {
        moment.directive.motif.text: t_s
        for t_s, moment in reversed(timed)
        if isinstance(moment.directive, MotifEntry)
    }
    met: set[str] = set()
    events: list[PlannedEvent] = []
    for line in lines:
        if len(met) == voices.themes:
            break
        found = [(line.start_s, line.speaker)] if line.speaker in voices.motifs else []
        said = {voices.motifs[line.speaker or ""]} if found else set()
        for match in voices.named.finditer(line.text):
            motif = voices.motifs[match.group()]
            if motif in met or motif in said:
                continue
            said.add(motif)
            length_s = line_s(measure(line.text), DEFAULT_PACE)
            share = position_s(line.text, match.start(), DEFAULT_PACE) / length_s
            found.append((line.start_s + (line.end_s - line.start_s) * share, match.group()))
        for t_s, name in found:
            motif = voices.motifs[name or ""]
            if motif not in met:
                met.add(motif)
                if heard.get(motif, inf) > t_s:
                    events.append(PlannedEvent("motif", t_s, motif, line.span))
    return events


def anchors_of(laid: Laid) -> tuple[Anchor, ...]:
    """What wants a place on the grid, seconds from the cue's start: hits, `@at` points, turns."""
    turns = {event.t_s for event in laid.events if event.kind == "motif"}
    turns |= {t_s for t_s, moment in laid.timed if isinstance(moment.directive, _TURNS)}
    return _anchors(laid.start_s, laid.events, turns)


def anchors_again(cue: PlannedCue) -> tuple[Anchor, ...]:
    """The same from a finished cue."""
    turns = {event.t_s for event in cue.events if event.kind == "motif"}
    turns |= {one.start_s for group in (cue.styles, cue.keys, cue.instruments) for one in group}
    for before, after in pairwise(cue.emotion):
        if (before.source, before.name, before.end) != (after.source, after.name, after.start):
            turns.add(after.start_s)
    return _anchors(cue.start_s, cue.events, turns)


def _anchors(start_s: float, events: Sequence[PlannedEvent], turns: set[float]) -> tuple[Anchor, ...]:
    found = [Anchor(event.t_s - start_s, "hit") for event in events if event.kind == "hit"]
    found += [Anchor(event.t_s - start_s, "at") for event in events if event.kind == "at"]
    found += [Anchor(t_s - start_s, "turn") for t_s in sorted(turns) if t_s > start_s]
    return tuple(sorted(found, key=lambda anchor: anchor.t_s))


def wishes_of(document: Document, laid: Laid, end_s: float) -> tuple[Setting[TempoWish], ...]:
    """The stepwise tempo wishes of a cue, on the score's clock."""
    tempi = [(t_s, tempo_wish(tempo)) for t_s, tempo in _tempi(document, laid)]
    return steps(tempo_wish(document.front_matter.tempo), tempi, laid.start_s, end_s)


def _tempi(document: Document, laid: Laid) -> Iterator[tuple[float, TempoValue]]:
    """The tempi of a cue as they come in force, factors taken on the last one that is no factor."""
    base = document.front_matter.tempo
    for t_s, moment in laid.timed:
        if isinstance(moment.directive, TempoDirective):
            written = moment.directive.tempo
            yield t_s, tempo_under(base, written)
            base = base if written.factor else written


def meters_of(document: Document, laid: Laid, end_s: float) -> tuple[Setting[Meter], ...]:
    """The metres in force from the cue's start to `end_s`, without gaps, on the score's clock."""
    meters = [
        (t_s, moment.directive.meter)
        for t_s, moment in laid.timed
        if isinstance(moment.directive, MeterDirective)
    ]
    return steps(document.front_matter.meter or Meter(), meters, laid.start_s, end_s)


def assemble(
    document: Document,
    sketch: CueSketch,
    laid: Laid,
    fit: TempoFit,
    identity: tuple[str, str, int],
    span: Span,
    bars: int | None,
) -> PlannedCue:
    """The finished cue. `identity` is its id, title and derived seed; `bars` what `@bars` asked for."""
    front, start_s = document.front_matter, laid.start_s
    end_s = start_s + fit.duration_s
    styles: list[tuple[float, str]] = []
    keys: list[tuple[float, Key | None]] = []
    instruments: list[tuple[float, tuple[tuple[RoleName, str], ...]]] = []
    muted: list[tuple[float, tuple[RoleName, ...]]] = []
    feelings: list[tuple[float, EmotionDirective, float | None]] = []
    ramps: dict[type[Directive], list[tuple[float, Ramp[Number], float | None]]] = {
        kind: [] for kind in NEUTRAL
    }
    tempo = next((tempo for _, tempo in reversed([*_tempi(document, laid)])), front.tempo)
    for t_s, moment in laid.timed:
        directive = moment.directive
        if isinstance(directive, StyleDirective):
            styles.append((t_s, directive.style.name))
        elif isinstance(directive, KeyDirective):
            keys.append((t_s, directive.key))
        elif isinstance(directive, InstrumentsDirective):
            roles = dict(instruments[-1][1]) if instruments else {}
            roles.update({one.role: one.instrument for one in directive.instruments})
            instruments.append((t_s, tuple(roles.items())))
        elif isinstance(directive, MuteDirective):
            silent = (*(muted[-1][1] if muted else ()), *directive.roles)
            muted.append((t_s, tuple(dict.fromkeys(silent))))
        elif isinstance(directive, EmotionDirective):
            feelings.append((t_s, directive, moment.duration_s))
        elif isinstance(directive, RAMPED):
            ramps[type(directive)].append((t_s, directive.ramp, moment.duration_s))
    wishes = wishes_of(document, laid, end_s)
    ranges = tuple(Setting(w.start_s, w.end_s, (w.value.low_bpm, w.value.high_bpm)) for w in wishes)
    curves = {kind: curve_of(found, start_s, end_s, NEUTRAL[kind]) for kind, found in ramps.items()}
    seed, take = _of(sketch, SeedDirective), _of(sketch, TakeDirective)
    picture = _of(sketch, PictureDirective)
    freeze, temp = _of(sketch, FreezeDirective), _of(sketch, TempDirective)
    layers = _of(sketch, LayersDirective)
    return PlannedCue(
        id=identity[0],
        title=identity[1],
        start_s=start_s,
        end_s=end_s,
        span=span,
        styles=steps(front.style.name if front.style else DEFAULT_STYLE, styles, start_s, end_s),
        meters=all_with_times(fit.meters, lambda t_s: start_s + t_s),
        keys=steps(front.key, keys, start_s, end_s),
        instruments=steps((), instruments, start_s, end_s),
        muted=steps((), muted, start_s, end_s),
        tempo_range=(min(r.value[0] for r in ranges), max(r.value[1] for r in ranges)),
        tempo_asked=tempo is not None and tempo.low is not None,
        tempo_factor=(tempo.factor if tempo is not None else None) or 1.0,
        tempo_map=all_with_times(fit.tempo_map, lambda t_s: start_s + t_s),
        bars=fit.bars,
        lines=laid.lines,
        emotion=emotion_segments(feelings, start_s, end_s, document.point),
        events=laid.events,
        dynamics=curves[DynamicsDirective],
        density=curves[DensityDirective],
        tension=curves[TensionDirective],
        register=curves[RegisterDirective],
        seed=seed.seed if seed else identity[2],
        take=take.take if take else None,
        loop=LoopDirective in sketch.of_cue,
        transition=_transition(sketch.of_cue.get(TransitionDirective)),
        freeze=freeze.path.value if freeze else None,
        temp=temp.path.value if temp else None,
        picture=picture.path.value if picture else None,
        picture_blend=picture.blend if picture else PICTURE_BLEND,
        tempo_steps=ranges if len(ranges) > 1 else (),
        bars_asked=bars,
        end_free=True,
        leads_to=tuple(_transition(moment) for moment in sketch.leads),
        layers=layers.layers if layers else None,
    )


def _of(sketch: CueSketch, kind: type[D]) -> D | None:
    moment = sketch.of_cue.get(kind)
    return moment.directive if moment is not None and isinstance(moment.directive, kind) else None


def _transition(moment: Moment | None) -> Transition:
    if moment is None or not isinstance(moment.directive, TransitionDirective):
        return Transition()
    kind, to = moment.directive.kind, moment.directive.target
    if kind != "crossfade":
        return Transition(kind, to=to)
    written = moment.directive.duration
    return Transition(
        kind,
        DEFAULT_CROSSFADE_S if moment.duration_s is None else moment.duration_s,
        to,
        written.value if written is not None and written.unit == "bars" else 0.0,
    )
