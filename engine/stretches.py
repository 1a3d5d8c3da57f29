"""A planned cue as requests to the generator: one for each stretch of bars with one metre, style and key.

Themes are placed here: a motif event falls in its bar, written notes come along, themes in MIDI files are
read.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from dsl.plan import Key, Motif, MotifNote, Palette, Plan, PlannedCue, RoleName
from dsl.timing import Bar
from engine.errors import MediaError
from engine.generate.request import STEPS_PER_BEAT, GridNote, MotifPlacement, Request
from engine.music.clock import SNAP_S, CueClock, at_time, clock_of
from engine.music.intent import Intent
from engine.music.palettes import style_palette

_LONGEST_THEME_BEATS = 64
_HANDS_OVER = ("segue", "crossfade")


def requests_for(
    plan: Plan,
    cue: PlannedCue,
    intents: Sequence[Intent],
    keys: Sequence[Key],
    themes: Mapping[str, MotifPlacement],
    last: bool,
) -> tuple[tuple[int, Request], ...]:
    """(first bar, request) for each stretch, in order. `last` says whether the score ends with this cue."""
    clock = clock_of(cue)
    placements = motif_placements(cue, clock, themes)
    closing = last or cue.transition.kind not in _HANDS_OVER
    requests = []
    groups = groupby(clock.bars, key=lambda bar: (bar.meter, _style_at(cue, bar), keys[bar.index]))
    stretches = [(key, list(bars)) for key, bars in groups]
    for number, ((meter, style, key), bars) in enumerate(stretches):
        first, count = bars[0].index, len(bars)
        palette = style_palette(style, plan.palettes)
        request = Request(
            bars=count,
            meter=meter,
            key=key,
            style=known_style(style, plan.palettes),
            intents=tuple(intents[first : first + count]),
            # A stretch of its own seed: equal bars in two stretches would sound like a mistake.
            seed=(cue.seed * 1_000_003 + number) % 2**63,
            roles=_roles(cue, bars[0], palette.voices),
            motifs=tuple(
                MotifPlacement(m.bar - first, m.name, m.seed, m.notes)
                for m in placements
                if first <= m.bar < first + count
            ),
            closing=closing and not cue.loop and number == len(stretches) - 1,
            loop=cue.loop and len(stretches) == 1,
        )
        requests.append((first, request))
    return tuple(requests)


def known_style(name: str, palettes: tuple[Palette, ...]) -> str:
    """The language's own style behind a name: itself, a palette's base, or "piano" for a palette on
    nothing."""
    own = next((palette for palette in palettes if palette.name == name), None)
    return name if own is None else own.base or "piano"


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
            placements.append(MotifPlacement(bar, theme.name, theme.seed, theme.notes))
    return placements


def themes_of(plan: Plan) -> dict[str, MotifPlacement]:
    """Every declared theme, ready to be placed (at bar 0). Raises MediaError for a theme's MIDI file that
    cannot be read."""
    return {motif.name: _theme(motif, Path(plan.folder)) for motif in plan.motifs}


def _theme(motif: Motif, folder: Path) -> MotifPlacement:
    if motif.notes is not None:
        return MotifPlacement(0, motif.name, notes=_on_grid(motif.notes))
    if motif.file is not None:
        return MotifPlacement(0, motif.name, notes=_read_theme(folder / motif.file))
    return MotifPlacement(0, motif.name, seed=motif.seed)


def _on_grid(notes: Sequence[MotifNote]) -> tuple[GridNote, ...]:
    """Written notes in sixteenths, cut after sixteen bars of four."""
    laid: list[GridNote] = []
    beat = 0.0
    for note in notes:
        start, end = round(beat * STEPS_PER_BEAT), round((beat + note.beats) * STEPS_PER_BEAT)
        if beat >= _LONGEST_THEME_BEATS:
            break
        laid += [GridNote(start, max(1, end - start), pitch, 80) for pitch in note.pitches]
        beat += note.beats
    return tuple(laid)


def _read_theme(path: Path) -> tuple[GridNote, ...]:
    """The top line of a MIDI file's first track with notes, on its own beat."""
    import pretty_midi

    try:
        midi = pretty_midi.PrettyMIDI(str(path))
    except Exception as error:  # pretty_midi and mido raise whatever a damaged byte leads to
        raise MediaError(f"cannot read the theme {path}: {error or type(error).__name__}") from error
    track = next((t for t in midi.instruments if t.notes and not t.is_drum), None)
    if track is None:
        raise MediaError(f"the theme {path} has no notes")

    def step(t_s: float) -> int:
        return int(round(midi.time_to_tick(t_s) / midi.resolution * STEPS_PER_BEAT))

    top: dict[int, GridNote] = {}
    for note in track.notes:
        start = step(note.start)
        if start < _LONGEST_THEME_BEATS * STEPS_PER_BEAT and (
            start not in top or note.pitch > top[start].pitch
        ):
            top[start] = GridNote(start, max(1, step(note.end) - start), note.pitch, max(1, note.velocity))
    first = min(top)
    return tuple(GridNote(n.start - first, n.steps, n.pitch, n.velocity) for _, n in sorted(top.items()))


def _style_at(cue: PlannedCue, bar: Bar) -> str:
    return at_time(cue.styles, bar.start_s + SNAP_S) or "piano"


def _roles(cue: PlannedCue, bar: Bar, voices: Mapping[RoleName, object]) -> tuple[RoleName, ...]:
    """The roles that will sound: what the palette or the writer gives an instrument. Never none at all."""
    asked: dict[RoleName, str] = {}
    for setting in cue.instruments:
        if setting.start_s <= bar.start_s + SNAP_S:
            asked = dict(setting.value)
    order: tuple[RoleName, ...] = ("melody", "counter", "chords", "bass", "drums")
    roles = tuple(
        role for role in order if (asked[role] != "none" if role in asked else bool(voices.get(role)))
    )
    return roles or ("melody", "chords", "bass")
