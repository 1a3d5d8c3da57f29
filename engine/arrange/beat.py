"""Completes the drum part in styles that have a beat: a pattern where the take has no drums, and a stroke
on every downbeat.

Takes decide by themselves whether drums play, and often leave them out. In a dance or a chase that sounds
like a mistake: where the arousal is high enough for the style, bars without drums take the pattern of the
take's last bar that has some, or else a plain one, and every bar has its downbeat. A rule, not learnt.
"""

from collections.abc import Mapping

from dsl.plan import Meter
from dsl.timing import Bar
from engine.arrange.active_voices import ActiveVoices
from engine.arrange.draft import CueDraft, Draft
from engine.arrange.layout import PHRASE_BARS
from engine.generate.request import SectionTake
from engine.music.intent import Intent
from engine.music.palettes import style_palette
from engine.music.voices import CLOSED_HAT, KICK, SNARE, StylePalette

TENSE = 0.75
"""From this tension on a style with a beat has one, whatever the arousal."""
SPARSE = 0.12
"""Below this density percentile no strokes are added: sparse music was asked for."""
BUSY = 0.6
_LOW_TOM = 43
_KICK, _BACK, _LIGHT = 82.0, 74.0, 56.0

Stroke = tuple[float, int, float]
"""Beat in the bar, drum key (General MIDI), weight."""


def keep_beat(draft: CueDraft, active: ActiveVoices) -> None:
    """Adds the strokes that are missing, in place."""
    for section in draft.music.sections:
        beat_from = style_palette(section.request.style).beat_from
        if "drums" not in section.request.roles or beat_from is None:
            continue
        bars = draft.bars[section.first_bar : section.first_bar + section.request.bars]
        own = _own_strokes(draft, bars)
        for first in range(0, len(bars), PHRASE_BARS):
            phrase = bars[first : first + PHRASE_BARS]
            intents = [draft.intent_at(bar.beat) for bar in phrase]
            if _lively(intents, beat_from):
                for bar in phrase:
                    _add(
                        draft,
                        active,
                        bar,
                        _missing(section, bar, bars, own, bar is phrase[-1] and len(phrase) > 2, intents),
                    )


def _lively(intents: list[Intent], beat_from: float) -> bool:
    """Whether a phrase with these intents has a beat in a style that has one from this mean arousal on."""
    count = len(intents)
    if sum(intent.density for intent in intents) / count < SPARSE:
        return False
    arousal = sum(intent.arousal for intent in intents) / count
    tension = sum(intent.tension for intent in intents) / count
    return arousal >= beat_from or tension >= TENSE


def _own_strokes(draft: CueDraft, bars: tuple[Bar, ...]) -> dict[int, list[Stroke]]:
    """The take's own strokes by bar index."""
    found: dict[int, list[Stroke]] = {}
    for note in draft.of("drums"):
        bar = draft.clock.bar_at(note.beat)
        if bars and bars[0].index <= bar.index <= bars[-1].index:
            found.setdefault(bar.index, []).append((note.beat - bar.beat, note.pitch, note.weight))
    return found


def _missing(
    section: SectionTake,
    bar: Bar,
    bars: tuple[Bar, ...],
    own: Mapping[int, list[Stroke]],
    fill: bool,
    intents: list[Intent],
) -> list[Stroke]:
    """The strokes that a bar needs besides the take's."""
    strokes = own.get(bar.index, [])
    added: list[Stroke] = []
    if not strokes:
        earlier = [index for index in own if index < bar.index]
        dense = sum(intent.density for intent in intents) / len(intents) >= BUSY
        added = (
            list(own[max(earlier)])
            if earlier
            else pattern(style_palette(section.request.style), bar.meter, dense, fill)
        )
    if not any(beat < 0.06 and key != CLOSED_HAT for beat, key, _ in (*strokes, *added)):
        added.append((0.0, KICK, _KICK))
    return [stroke for stroke in added if stroke[0] < bar.beats - 1e-6]


def _add(draft: CueDraft, active: ActiveVoices, bar: Bar, strokes: list[Stroke]) -> None:
    if strokes and not active.voices("drums", bar.start_s, bar.index):
        return
    draft.notes += [Draft("drums", bar.beat + beat, 0.25, key, weight) for beat, key, weight in strokes]


def pattern(style: StylePalette, meter: Meter, dense: bool, fill: bool = False) -> list[Stroke]:
    """A bar of a plain beat: low stroke on the downbeat (and half bar), the other beats answered, pulses
    between.

    `dense` divides the pulses; `fill` leads on to the next phrase.
    """
    compound = meter.is_compound
    pulse = 1.5 if compound else 4.0 / meter.denominator
    count = max(1, round(meter.beats_per_bar / pulse))
    strokes: list[Stroke] = []
    for index in range(count):
        strong = index == 0 or (count >= 4 and count % 2 == 0 and index == count // 2)
        key, weight = (KICK, _KICK) if strong else (SNARE, _BACK if count != 3 else _LIGHT + 6)
        if style.beat_on_toms and not strong:
            key = _LOW_TOM
        strokes.append((index * pulse, key, weight - (0.0 if index == 0 else 4.0)))
    divided = (pulse / 3 if compound else pulse / 2) if dense or compound else pulse
    if style.beat_on_toms:
        strokes += [
            (beat - pulse / 2, _LOW_TOM, _LIGHT) for beat, key, _ in strokes if key == KICK and beat > 0
        ]
    elif divided >= 0.24:
        steps = round(meter.beats_per_bar / divided)
        strokes += [(step * divided, CLOSED_HAT, _LIGHT) for step in range(steps)]
    if fill:
        last = (count - 1) * pulse
        strokes += [
            (last + part * pulse / 4, _LOW_TOM if style.beat_on_toms else SNARE, _BACK) for part in (1, 2, 3)
        ]
    return strokes
