"""Which voices play in each bar: the palette in force at every moment of a cue, and which of its voices
are active.

Styles change at bar lines (where the takes do); `@instruments` and `@mute` at the moment they are written.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace

from dsl.plan import Palette, RoleName
from engine.arrange.draft import CueDraft
from engine.music.clock import SNAP_S, CueClock, at_time
from engine.music.instruments import playable
from engine.music.intent import Intent
from engine.music.palettes import style_palette, with_instruments
from engine.music.voices import StylePalette, Voice

STAYS = 0.05
"""A voice that has joined leaves only when the control falls this far below its threshold (hysteresis)."""

ACCENT_ENERGY = 0.3
"""What an accent adds to the energy: more voices join a hit than the passage around it."""

FULL_RANGE = (21, 108)


@dataclass(frozen=True, slots=True)
class ActiveVoices:
    """Palettes from each of `starts` (seconds, ascending) on; `playing[k]` holds the voices of each bar in
    palette k.
    """

    starts: tuple[float, ...]
    palettes: tuple[StylePalette, ...]
    playing: tuple[tuple[frozenset[Voice], ...], ...]
    accented: tuple[tuple[frozenset[Voice], ...], ...]

    def index(self, t_s: float) -> int:
        """Which of `palettes` is in force at `t_s` (seconds); the first one before all of them."""
        return max(0, bisect_right(self.starts, t_s + 1e-6) - 1)

    def palette(self, t_s: float) -> StylePalette:
        """The palette in force at `t_s` (seconds)."""
        return self.palettes[self.index(t_s)]

    def voices(self, role: RoleName, t_s: float, bar: int, accent: bool = False) -> list[Voice]:
        """The voices of a role that play at a time in a bar."""
        at = self.index(t_s)
        playing = (self.accented if accent else self.playing)[at][bar]
        return [voice for voice in self.palettes[at].voices.get(role, ()) if voice in playing]

    def lead(self, role: RoleName, t_s: float, bar: int) -> Voice | None:
        """The first voice of a role that plays in a bar; where none does, the first it has."""
        playing = self.voices(role, t_s, bar)
        every = self.palette(t_s).voices.get(role, ())
        return playing[0] if playing else every[0] if every else None

    def range_at(self, clock: CueClock, role: RoleName, beat: float) -> tuple[int, int]:
        """Range of the instrument that leads a role at a beat of the cue that `clock` is of."""
        return self.span(role, clock.second(beat), clock.bar_at(beat).index)

    def span(self, role: RoleName, t_s: float, bar: int) -> tuple[int, int]:
        """Lowest and highest MIDI pitch of a role in a bar: of the instrument that leads it, in its
        octave."""
        voice = self.lead(role, t_s, bar)
        if voice is None:
            return FULL_RANGE
        low, high = playable(voice.label, voice.program)
        return low - 12 * voice.octave, high - 12 * voice.octave


def active_voices(draft: CueDraft, own: tuple[Palette, ...]) -> ActiveVoices:
    """The voices of a cue: its sections' styles, with its `@instruments` and `@mute`. `own` are the score's
    palettes."""
    cue, clock = draft.cue, draft.clock
    styles: list[tuple[float, str]] = []
    for bar in clock.bars:
        style = at_time(cue.styles, bar.start_s + SNAP_S) or "piano"
        if not styles or styles[-1][1] != style:
            styles.append((bar.start_s, style))
    starts = {clock.start_s, *(start for start, _ in styles)}
    settings = [s.start_s for s in cue.instruments] + [s.start_s for s in cue.muted]
    starts |= {start for start in settings if clock.start_s < start < clock.end_s}
    ordered = tuple(sorted(starts))
    palettes = []
    for start in ordered:
        here = [name for at, name in styles if at <= start + 1e-6] or [styles[0][1]]
        palette = with_instruments(style_palette(here[-1], own), at_time(cue.instruments, start) or ())
        muted = at_time(cue.muted, start) or ()
        voices = {role: v for role, v in palette.voices.items() if role not in muted}
        palettes.append(replace(palette, voices=voices))
    intents = draft.music.intents
    playing = tuple(_playing(palette, intents, 0.0) for palette in palettes)
    accented = tuple(_playing(palette, intents, ACCENT_ENERGY) for palette in palettes)
    return ActiveVoices(ordered, tuple(palettes), playing, accented)


def _playing(
    palette: StylePalette, intents: tuple[Intent, ...], boost: float
) -> tuple[frozenset[Voice], ...]:
    bars: list[set[Voice]] = [set() for _ in intents]
    for voices in palette.voices.values():
        for voice in voices:
            low, high = voice.registers
            plays = False
            for bar, intent in enumerate(intents):
                lift = boost if voice.control == "energy" else 0.0
                level = _control(voice, intent)
                slack = STAYS if plays else 0.0
                # An accent brings voices in and sends none away.
                plays = level + lift >= voice.enters - slack and level <= voice.leaves + slack
                if plays and low <= intent.register < high:
                    bars[bar].add(voice)
    return tuple(_without_yielding(palette, bar) for bar in bars)


def _without_yielding(palette: StylePalette, playing: set[Voice]) -> frozenset[Voice]:
    """The voices without those that `yields_to` others that play: a soloist rests while its section plays."""
    resting: set[Voice] = set()
    for voices in palette.voices.values():
        labels = {voice.label for voice in voices if voice in playing}
        resting |= {voice for voice in voices if voice.yields_to in labels}
    return frozenset(playing - resting)


def _control(voice: Voice, intent: Intent) -> float:
    if voice.control == "tension":
        return intent.tension
    if voice.control == "articulation":
        return intent.articulation
    if voice.control == "register":
        return intent.register
    return 0.65 * intent.dynamics + 0.35 * intent.brightness
