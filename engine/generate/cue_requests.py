"""A planned cue as requests to the generator: one for each section of bars with one metre, style and key.

Themes are placed here: a motif event falls in its bar, written notes come along, themes in MIDI files are
read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from dsl.plan import ROLES, Key, Motif, MotifNote, Plan, PlannedCue, RoleName
from dsl.timing import Bar
from engine.generate.request import LONGEST_THEME_BEATS, STEPS_PER_BEAT, MotifPlacement, Request
from engine.generate.theme_file import read_theme, snapped
from engine.music.clock import SNAP_S, CueClock, at_time, clock_of
from engine.music.intent import Intent
from engine.music.palettes import known_style, style_palette
from engine.music.theme_key import ThemeNote, in_key

_HANDS_OVER = ("segue", "crossfade")


def requests_for(
    plan: Plan,
    cue: PlannedCue,
    intents: Sequence[Intent],
    keys: Sequence[Key],
    themes: Mapping[str, MotifPlacement],
    last: bool,
) -> tuple[tuple[int, Request], ...]:
    """(first bar, request) for each section, in order. `last` says whether the score ends with this cue."""
    clock = clock_of(cue)
    placements = motif_placements(cue, clock, themes)
    closing = last or cue.transition.kind not in _HANDS_OVER
    requests = []
    groups = groupby(clock.bars, key=lambda bar: (bar.meter, _style_at(cue, bar), keys[bar.index]))
    sections = [(key, list(bars)) for key, bars in groups]
    for number, ((meter, style, key), bars) in enumerate(sections):
        first, count = bars[0].index, len(bars)
        palette = style_palette(style, plan.palettes)
        request = Request(
            bars=count,
            meter=meter,
            key=key,
            style=known_style(style, plan.palettes),
            intents=tuple(intents[first : first + count]),
            # A section of its own seed: equal bars in two sections would sound like a mistake.
            seed=(cue.seed * 1_000_003 + number) % 2**63,
            roles=_roles(cue, bars[0], palette.voices),
            motifs=tuple(_in_section(m, first, key) for m in placements if first <= m.bar < first + count),
            closing=closing and not cue.loop and number == len(sections) - 1,
            loop=cue.loop and len(sections) == 1,
        )
        requests.append((first, request))
    return tuple(requests)


def _in_section(theme: MotifPlacement, first: int, key: Key) -> MotifPlacement:
    """A placed theme, counted from the section's first bar and in its key."""
    notes = theme.notes if theme.exact or not theme.notes else in_key(theme.notes, key)
    return replace(theme, bar=theme.bar - first, notes=notes)


def motif_placements(
    cue: PlannedCue, clock: CueClock, themes: Mapping[str, MotifPlacement]
) -> list[MotifPlacement]:
    """Where themes enter: at the bar that begins nearest to the event, never two in one bar, none past the
    end."""
    taken: set[int] = set()
    placements = []
    for event in cue.events:
        theme = themes.get(event.name or "") if event.kind == "motif" else None
        if theme is None:
            continue
        bar = clock.bar_near(event.t_s).index
        while bar in taken:
            bar += 1
        if bar < len(clock.bars):
            taken.add(bar)
            placements.append(replace(theme, bar=bar))
    return placements


def themes_of(plan: Plan) -> dict[str, MotifPlacement]:
    """Every declared theme, ready to be placed (at bar 0). Raises MediaError for a theme's MIDI file that
    cannot be read."""
    return {motif.name: _theme(motif, Path(plan.folder)) for motif in plan.motifs}


def _theme(motif: Motif, folder: Path) -> MotifPlacement:
    if motif.notes is not None:
        return MotifPlacement(0, motif.name, notes=_laid(motif.notes), exact=motif.exact)
    if motif.file is not None:
        return MotifPlacement(0, motif.name, notes=read_theme(folder / motif.file), exact=motif.exact)
    return MotifPlacement(0, motif.name, seed=motif.seed)


def _laid(notes: Sequence[MotifNote]) -> tuple[ThemeNote, ...]:
    """Written notes one after another, in their own rhythm; cut after sixteen bars of four."""
    laid: list[ThemeNote] = []
    beat = 0.0
    for note in notes:
        if beat >= LONGEST_THEME_BEATS:
            break
        start, steps = snapped(beat * STEPS_PER_BEAT), note.beats * STEPS_PER_BEAT
        laid += [ThemeNote(start, steps, pitch, 80) for pitch in note.pitches]
        beat += note.beats
    return tuple(laid)


def _style_at(cue: PlannedCue, bar: Bar) -> str:
    return at_time(cue.styles, bar.start_s + SNAP_S) or "piano"


def _roles(cue: PlannedCue, bar: Bar, voices: Mapping[RoleName, object]) -> tuple[RoleName, ...]:
    """The roles that will sound: what the palette or the writer gives an instrument. Never none at all."""
    asked: dict[RoleName, str] = {}
    for setting in cue.instruments:
        if setting.start_s <= bar.start_s + SNAP_S:
            asked = dict(setting.value)
    roles = tuple(
        role for role in ROLES if (asked[role] != "none" if role in asked else bool(voices.get(role)))
    )
    return roles or ("melody", "chords", "bass")
