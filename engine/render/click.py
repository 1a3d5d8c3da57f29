"""A click track: what players hear in their headphones. A click on every beat of every cue, after the tempo
map and the metres, with a bar of count-in before each cue that music does not lead into.

The places come first (`clicks_of`); sound and MIDI are made from them. The count-in of a cue at the score's
very start has no room there: then the track begins earlier than the score, by `lead_s`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from dsl.plan import Meter
from dsl.timing import beat_at_time, time_at_beat
from engine.music.score import Marker, MeterChange, Note, Score, TempoChange, Track
from engine.render.audio import Samples
from engine.render.midi import midi_bytes

ClickKind = Literal["bar", "beat", "division"]

_KEYS: dict[ClickKind, tuple[int, int]] = {"bar": (76, 120), "beat": (77, 96), "division": (77, 56)}
"""General MIDI percussion (high and low wood block) and velocity."""
_TONES: dict[ClickKind, tuple[float, float]] = {
    "bar": (1760.0, 0.70),
    "beat": (1174.7, 0.50),
    "division": (1174.7, 0.22),
}
"""Hertz and peak of the sounding click: high where a bar begins, soft between beats."""
_SOUND_S = 0.03
_SAME_BEAT = 1e-6
_GAP_S = 0.05
"""Music that ends this shortly before a cue leads into it."""


@dataclass(frozen=True, slots=True)
class Click:
    """One click: seconds on the score's clock (negative in a count-in before it), and what it marks."""

    t_s: float
    kind: ClickKind
    count_in: bool = False


@dataclass(frozen=True, slots=True)
class ClickTrack:
    """All clicks in order of time. The track begins `lead_s` seconds before the score (0: with it); the
    count-in is then the bar before the first cue, which begins on beat `first_beat` of the score."""

    clicks: tuple[Click, ...]
    lead_s: float = 0.0
    first_beat: float = 0.0


def clicks_of(score: Score) -> ClickTrack:
    """The clicks of a score: bar lines, beats and, in compound metres, the eighths between."""
    clicks: list[Click] = []
    ended_s = float("-inf")
    cues = sorted(score.cues, key=lambda one: one.start_s)
    for cue in cues:
        if cue.start_s - ended_s > _GAP_S:
            clicks += _count_in(cue.start_s, *_at_start(score, cue.start_beat), ended_s)
        clicks += [
            Click(time_at_beat(score.tempo, beat), kind)
            for beat, kind in _beats(score.meters, cue.start_beat, cue.end_beat)
        ]
        ended_s = cue.end_s
    if not clicks or clicks[0].t_s > -1e-9:
        return ClickTrack(tuple(clicks))
    return ClickTrack(tuple(clicks), -clicks[0].t_s, cues[0].start_beat)


def _at_start(score: Score, beat: float) -> tuple[Meter, float]:
    """Metre and tempo (quarters a minute) from `beat` on."""
    meter = next((m.meter for m in reversed(score.meters) if m.beat <= beat + _SAME_BEAT), Meter())
    bpm = next((t.bpm for t in reversed(score.tempo) if t.beat <= beat + _SAME_BEAT), 120.0)
    return meter, bpm


def _pulses(meter: Meter) -> Iterator[tuple[float, ClickKind]]:
    """The clicks of one bar, in quarters from its start."""
    for unit in range(meter.numerator):
        compound = meter.is_compound
        kind: ClickKind = "bar" if unit == 0 else "division" if compound and unit % 3 else "beat"
        yield unit * 4.0 / meter.denominator, kind


def _count_in(start_s: float, meter: Meter, bpm: float, from_s: float) -> Iterator[Click]:
    """One bar at the cue's first tempo, as much of it as there is room for after `from_s`: whole from its
    first beat or, where that is too near the music before, from a later one."""
    quarter_s = 60.0 / bpm
    for beat, kind in _pulses(meter):
        t_s = start_s - (meter.beats_per_bar - beat) * quarter_s
        if t_s >= from_s - 1e-9:
            yield Click(t_s, kind, count_in=True)


def _beats(
    meters: Sequence[MeterChange], start_beat: float, end_beat: float
) -> Iterator[tuple[float, ClickKind]]:
    """(beat of the score, what it is) from `start_beat` up to `end_beat`, bar by bar."""
    bar = start_beat
    while bar < end_beat - _SAME_BEAT:
        meter = next((m.meter for m in reversed(meters) if m.beat <= bar + _SAME_BEAT), Meter())
        for beat, kind in _pulses(meter):
            if bar + beat < end_beat - _SAME_BEAT:
                yield bar + beat, kind
        bar += meter.beats_per_bar


def click_samples(track: ClickTrack, duration_s: float, rate: int) -> Samples:
    """The track as sound, float32 [samples, 1] at `rate` Hz: `lead_s` and the whole score; each click begins
    on the sample nearest to its time."""
    out = np.zeros(round((track.lead_s + duration_s) * rate) + 1, dtype=np.float32)
    sounds = {kind: _sound(*tone, rate) for kind, tone in _TONES.items()}
    for click in track.clicks:
        first = round((click.t_s + track.lead_s) * rate)
        part = sounds[click.kind][: max(len(out) - first, 0)]
        out[first : first + len(part)] += part
    return out[:, None]


def _sound(hertz: float, peak: float, rate: int) -> Samples:
    """A tone that starts at once (a millisecond's rise keeps it from popping) and is gone after 30 ms."""
    t_s = np.arange(round(_SOUND_S * rate)) / rate
    wave = np.sin(2 * np.pi * hertz * t_s) * np.exp(-t_s / 0.006) * np.minimum(t_s / 0.001, 1.0)
    return np.asarray(wave * peak / np.abs(wave).max(), np.float32)


def click_midi(score: Score, track: ClickTrack) -> bytes:
    """The track as MIDI: the score's tempo map, metres and markers, and the clicks on the drum channel.
    Where it begins with a count-in, that is a bar of its own before the score."""
    shifted = _later(score, track)
    notes = []
    for click in track.clicks:
        pitch, velocity = _KEYS[click.kind]
        t_s = click.t_s + track.lead_s
        beat = beat_at_time(shifted.tempo, t_s)
        notes.append(Note(pitch, velocity, beat, 0.125, t_s, t_s + _SOUND_S))
    return midi_bytes(replace(shifted, tracks=(Track("Click", "drums", 0, True, tuple(notes)),)))


def _later(score: Score, track: ClickTrack) -> Score:
    """The score moved behind a count-in that begins before it: the bar before its first cue is the
    count-in's, whatever lay there."""
    bare = replace(score, lyrics=(), keys=())
    if not track.lead_s:
        return bare
    meter, bpm = _at_start(score, track.first_beat)
    later = meter.beats_per_bar - track.first_beat
    start_s = time_at_beat(score.tempo, track.first_beat) + track.lead_s
    tempo = [
        TempoChange(t.beat + later, t.t_s + track.lead_s, t.bpm)
        for t in score.tempo
        if t.beat > track.first_beat + _SAME_BEAT
    ]
    meters = [
        MeterChange(m.beat + later, m.t_s + track.lead_s, m.meter)
        for m in score.meters
        if m.beat > track.first_beat + _SAME_BEAT
    ]
    markers = (replace(m, t_s=m.t_s + track.lead_s, beat=m.beat + later) for m in score.markers)
    return replace(
        bare,
        duration_s=score.duration_s + track.lead_s,
        tempo=(TempoChange(0.0, start_s - 60.0 / bpm * meter.beats_per_bar, bpm), *tempo),
        meters=(MeterChange(0.0, 0.0, meter), *meters),
        markers=(Marker(0.0, 0.0, "section", "count-in"), *markers),
    )
