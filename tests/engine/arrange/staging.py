"""Builds plans and takes by hand for the arrangement's tests: no parser, no generator, everything in plain
sight.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from dsl.diagnostics import Span
from dsl.plan import (
    ROLES,
    EmotionPoint,
    EmotionSegment,
    Key,
    Meter,
    Plan,
    PlannedCue,
    PlannedEvent,
    PlannedLine,
    Setting,
    TempoPoint,
    Transition,
)
from engine.cues import AskedCue, CueMusic
from engine.emotion.felt import felt_curve
from engine.generate.request import Chord, GridNote, Request, SectionTake, Take
from engine.music.mapping import intents_for

SPAN = Span(1, 1, 1, 2)
A_MINOR = Key(9, "minor", "A")


def cue_of(
    start_s: float = 0.0,
    bars: int = 8,
    bpm: float = 90.0,
    style: str = "strings",
    meter: Meter | None = None,
    key: Key | None = None,
    transition: Transition | None = None,
    **changes: Any,
) -> PlannedCue:
    """A cue of `bars` bars at one tempo, its end where they end."""
    meter = meter or Meter()
    end = start_s + bars * meter.beats_per_bar * 60.0 / bpm
    point = EmotionPoint(-0.6, -0.2)
    cue = PlannedCue(
        id="1m1",
        title="Test",
        start_s=start_s,
        end_s=end,
        span=SPAN,
        styles=(Setting(start_s, end, style),),
        meters=(Setting(start_s, end, meter),),
        keys=(Setting(start_s, end, key),),
        instruments=(Setting(start_s, end, ()),),
        muted=(Setting(start_s, end, ()),),
        tempo_range=(50.0, 180.0),
        tempo_asked=False,
        tempo_factor=1.0,
        tempo_map=(TempoPoint(0.0, start_s, bpm),),
        bars=bars,
        lines=(),
        emotion=(EmotionSegment(start_s, end, "directive", point, point),),
        events=(),
        dynamics=(),
        density=(),
        tension=(),
        register=(),
        seed=3,
        take=None,
        loop=False,
        transition=transition or Transition(),
        freeze=None,
        temp=None,
    )
    return replace(cue, **changes)


def plan_of(*cues: PlannedCue, **changes: Any) -> Plan:
    plan = Plan(
        title="Test",
        author=None,
        language="en",
        seed=1,
        duration_s=cues[-1].end_s,
        fps=None,
        film_start_s=0.0,
        output=(),
        folder=".",
        cues=cues,
        motifs=(),
        characters=(),
        palettes=(),
        findings=(),
    )
    return replace(plan, **changes)


def hit(t_s: float, name: str | None = None) -> PlannedEvent:
    return PlannedEvent("hit", t_s, name, SPAN)


def silence(t_s: float, duration_s: float) -> PlannedEvent:
    return PlannedEvent("silence", t_s, None, SPAN, duration_s)


def says(speaker: str | None, start_s: float, end_s: float) -> PlannedLine:
    return PlannedLine("…", speaker, start_s, end_s, SPAN)


def plain_take(bars: int, meter: Meter, key: Key, number: int = 1) -> Take:
    """A tune in crotchets, block chords in minims, roots below, a simple beat: i–iv–V–i over and over."""
    beats = int(meter.beats_per_bar)
    third = 4 if key.mode == "major" else 3
    chords, melody, block, bass, drums, counter = [], [], [], [], [], []
    quality = "maj" if key.mode == "major" else "min"
    for bar in range(bars):
        degree = (0, 5, 7, 0)[bar % 4]
        start = bar * beats * 4
        root = (key.tonic + degree) % 12
        kind = "maj" if degree == 7 else quality
        chords.append(Chord(start, beats * 4, root, kind, root))
        for beat in range(beats):
            tone = (0, third, 7, 12)[(bar + beat) % 4]
            melody.append(GridNote(start + beat * 4, 4, 60 + root + tone, 84))
            drums.append(GridNote(start + beat * 4, 1, 36 if beat % 2 == 0 else 38, 80))
            drums.append(GridNote(start + beat * 4 + 2, 1, 42, 60))
        for half in range(0, beats, 2):
            middle = 4 if kind == "maj" else 3
            for tone in (0, middle, 7):
                block.append(GridNote(start + half * 4, 8, 48 + root + tone, 70))
        counter.append(GridNote(start, beats * 4, 55 + root, 66))
        bass.append(GridNote(start, beats * 4, 36 + root, 80))
    roles = {
        "melody": tuple(melody),
        "counter": tuple(counter),
        "chords": tuple(block),
        "bass": tuple(bass),
        "drums": tuple(drums),
    }
    return Take(number, tuple(chords), roles, 0.5)


def random_take(bars: int, meter: Meter, rng: np.random.Generator, density: float = 0.5) -> Take:
    """Anything the grid can hold: overlaps, repeats, pitches far outside every instrument."""
    steps = int(meter.beats_per_bar * 4) * bars
    roles = {}
    for role in ROLES:
        count = int(rng.integers(0, max(2, int(steps * density))))
        roles[role] = tuple(
            GridNote(
                int(rng.integers(0, steps)),
                int(rng.integers(1, 24)),
                int(rng.integers(0, 128)),
                int(rng.integers(1, 128)),
            )
            for _ in range(count)
        )
    chords = []
    at = 0
    qualities = ("maj", "min", "dim", "aug", "sus4", "7", "maj7", "min7", "m7b5", "none")
    while at < steps:
        length = int(rng.integers(2, 17))
        root = int(rng.integers(0, 12))
        chords.append(Chord(at, length, root, qualities[int(rng.integers(10))], root))
        at += length
    return Take(1, tuple(chords), roles, 0.5)


def music_of(
    cue: PlannedCue,
    key: Key = A_MINOR,
    emotion: tuple[float, float] = (-0.6, -0.2),
    take: Take | None = None,
) -> CueMusic:
    """A cue with one section: the plain take unless another is given."""
    keys = (key,) * cue.bars
    intents = intents_for(cue, lambda _: emotion, keys)
    meter = cue.meters[0].value
    request = Request(cue.bars, meter, key, cue.styles[0].value, intents, cue.seed)
    requests = () if cue.freeze else ((0, request),)
    asked = AskedCue(cue, (), felt_curve(cue, ()), keys, intents, requests)
    answer = take or plain_take(cue.bars, meter, key)
    return asked.with_take(tuple(SectionTake(first, own, answer) for first, own in requests))
