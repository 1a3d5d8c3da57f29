"""Writes passages with the very rooms that a score goes through (`engine.pipeline`): a passage is planned as
a cue of a few bars, asked for, chosen among a few takes by its match, and arranged.

What is its own is how a passage follows on from another: the key stays where the feeling lets it, a new key
is led to by a chord that both have, and the tempo bends no further than it may.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from dsl.diagnostics import Span
from dsl.plan import (
    SCALE_TONES,
    Curve,
    CurvePoint,
    EmotionPoint,
    EmotionSegment,
    Key,
    Plan,
    PlannedCue,
    PlannedEvent,
    PlannedLine,
    Setting,
    TempoPoint,
    Transition,
)
from dsl.value_readers import TEMPO_RANGE
from engine.arrange.arrange import arrange
from engine.asking import asked_of
from engine.cues import AskedCue
from engine.emotion.curve import FeltCurve
from engine.emotion.text_arc import text_arc
from engine.generate.request import MotifPlacement, Request
from engine.live.passage import FeltPoint, HeardBefore, LivePassage, PassageOrder
from engine.match.choose import Parts, choose
from engine.models import Models
from engine.music.clock import at_time, curve_at
from engine.music.keys import key_named
from engine.music.mapping import choose_key, preferred_tempo
from engine.music.palettes import known_style
from engine.music.score import Score
from engine.music.theme_key import ThemeNote, in_key
from engine.music.theory import Quality, chord_pitch_classes
from engine.pipeline import analyse, felt_cues

THEME_BARS: Final = 2
"""Bars of a passage's melody that later ones may begin with."""
_SURE: Final = 0.08
"""So far beyond the line between major and minor (valence) must a feeling lie to turn the key."""
_SCENE_LINE_S: Final = 4.0
"""What a line of a scene takes, seconds: lines are smoothed over time like those of a script."""
_NOWHERE: Final = Span(1, 1, 1, 1)
_TRIADS: Final[Mapping[str, tuple[tuple[int, Quality], ...]]] = {
    "major": ((5, "maj"), (2, "min"), (9, "min"), (0, "maj"), (4, "min"), (7, "maj")),
    "minor": ((5, "min"), (8, "maj"), (3, "maj"), (0, "min"), (10, "maj"), (7, "maj")),
}
"""The triads of a key, those that lead on best (before a dominant) first."""


@dataclass(slots=True)
class LiveComposer:
    """Passages of one score (`base`), written with `models`. Not for several threads at once."""

    base: Plan
    models: Models
    _felt: dict[str, FeltCurve] = field(default_factory=dict, repr=False)

    def read(self, scene: tuple[str, ...]) -> FeltPoint:
        """What the last line of `scene` feels, valence and arousal −1…1, heard after the others. Neutral
        where nothing is said. Raises WeightsError."""
        lines = tuple(
            PlannedLine(text, None, n * _SCENE_LINE_S, (n + 1) * _SCENE_LINE_S, _NOWHERE)
            for n, text in enumerate(scene)
        )
        cue = replace(self.base.cues[0], start_s=0.0, end_s=len(lines) * _SCENE_LINE_S, lines=lines)
        points = text_arc(analyse(replace(self.base, cues=(cue,)), self.models))
        return (float(points[-1][1]), float(points[-1][2])) if points else (0.0, 0.0)

    def write(self, order: PassageOrder) -> LivePassage:
        """The bars of an order: the same order gives the same bars. Raises WeightsError where a model cannot
        be read, MediaError for a theme's MIDI file that cannot be."""
        cue = self.base_cue(order.cue)
        transfer = self.models.transfer
        feeling = order.feeling or self._own_feeling(cue, order)
        mean = _mean(feeling)
        style = known_style(order.style, self.base.palettes)
        wanted = preferred_tempo(*mean, style, transfer) * order.tempo_factor
        bpm = tempo_between(wanted, order.tempo, order.before)
        key = order.key or self._key(cue, order, mean)
        plan = self._plan(cue, order, feeling, bpm, key)
        plan, (asked,) = asked_of(plan, felt_cues(plan, ()), transfer)
        asked = replace(
            asked, requests=tuple((bar, self._request(r, order, key)) for bar, r in asked.requests)
        )
        score, match = self._best(plan, asked, order)
        return LivePassage(
            order.bars,
            order.meter,
            asked.cue.tempo_map[0].bpm,
            asked.keys[-1],
            order.style,
            score.tracks,
            score.harmony,
            mean,
            feeling[-1][1],
            match,
            _theme(score, order),
        )

    def base_cue(self, cue: str) -> PlannedCue:
        """The score's cue of this id, the first where there is none."""
        return next((one for one in self.base.cues if one.id == cue), self.base.cues[0])

    def _own_feeling(self, cue: PlannedCue, order: PassageOrder) -> tuple[tuple[float, FeltPoint], ...]:
        """What the cue itself feels over these bars, read the first time it is asked for."""
        curve = self._felt.get(cue.id)
        if curve is None:
            alone = replace(self.base, cues=(cue,))
            needs_text = any(segment.source != "directive" for segment in cue.emotion)
            spoken = analyse(alone, self.models) if needs_text else ()
            curve = self._felt[cue.id] = felt_cues(alone, spoken)[0].curve
        a_bar = cue.duration_s / max(cue.bars, 1)
        start = cue.start_s + order.from_bar * a_bar
        places = [n / 4 for n in range(5)]
        return tuple((share, curve.at(start + share * order.bars * a_bar)) for share in places)

    def _key(self, cue: PlannedCue, order: PassageOrder, felt: FeltPoint) -> Key:
        """The key before, as long as its mode suits what is felt; then its relative. Without one before, as
        for a cue."""
        transfer, before = self.models.transfer, order.before
        if before is None:
            return choose_key(*felt, cue.seed, None, transfer)
        modes = {
            choose_key(min(max(felt[0] + lean, -1.0), 1.0), felt[1], 0, None, transfer).mode
            for lean in (-_SURE, _SURE)
        }
        if before.key.mode in modes:
            return before.key
        if before.key.mode == "minor":
            return key_named(before.key.tonic + 3, "major")
        return key_named(before.key.tonic - 3, "minor")

    def _plan(
        self,
        cue: PlannedCue,
        order: PassageOrder,
        feeling: tuple[tuple[float, FeltPoint], ...],
        bpm: float,
        key: Key,
    ) -> Plan:
        """The base score with one cue: these bars."""
        beats = order.bars * order.meter.beats_per_bar
        end = beats * 60.0 / bpm
        at = cue.start_s + order.from_bar * cue.duration_s / max(cue.bars, 1)
        event = PlannedEvent("motif", 0.0, order.motif, _NOWHERE)
        passage = replace(
            cue,
            start_s=0.0,
            end_s=end,
            styles=(Setting(0.0, end, order.style),),
            meters=(Setting(0.0, end, order.meter),),
            keys=(Setting(0.0, end, key),),
            instruments=(Setting(0.0, end, at_time(cue.instruments, at) or ()),),
            muted=(Setting(0.0, end, at_time(cue.muted, at) or ()),),
            tempo_range=(bpm, bpm),
            tempo_asked=True,
            tempo_factor=1.0,
            tempo_map=(TempoPoint(0.0, 0.0, bpm),),
            bars=order.bars,
            lines=(),
            emotion=_segments(feeling, end),
            events=(event,) if order.motif else (),
            dynamics=_held(cue.dynamics, at),
            density=_held(cue.density, at),
            tension=_held(cue.tension, at),
            register=_held(cue.register, at),
            brightness=_held(cue.brightness, at),
            seed=order.seed,
            take=None,
            loop=order.loop,
            # A passage ends where the next begins; only the last one comes to rest.
            transition=Transition("ring-out" if order.closing else "cut"),
            freeze=None,
            temp=None,
            tempo_steps=(),
            bars_asked=order.bars,
            end_free=False,
            end_pinned=False,
        )
        return replace(self.base, cues=(passage,), duration_s=end, findings=())

    def _request(self, request: Request, order: PassageOrder, key: Key) -> Request:
        """A request for bars that go on from what was heard, and do not end unless they are to."""
        motifs = request.motifs
        if order.theme and not motifs:
            notes = in_key(order.theme, key)
            motifs = (MotifPlacement(0, "", notes=notes),)
        opening = None
        before = order.before
        if before is not None and (before.key.tonic, before.key.mode) != (key.tonic, key.mode):
            opening = common_chord(before, key)
        return replace(request, motifs=motifs, closing=order.closing, opening=opening)

    def _best(self, plan: Plan, asked: AskedCue, order: PassageOrder) -> tuple[Score, float]:
        parts = Parts(
            self.models.generator, self.models.recogniser, None, self.models.transfer, self.models.memory
        )
        (chosen,) = choose(plan, (asked,), order.takes, parts, None, {})
        return arrange(plan, [chosen.music]), chosen.choice.opinions[0].match


def tempo_between(wanted: float, allowed: tuple[float, float], before: HeardBefore | None) -> float:
    """The tempo nearest to the wanted one, in quarter notes a minute, that lies in the range allowed and
    bends no further from the one before than it may."""
    low, high = max(allowed[0], TEMPO_RANGE[0]), min(allowed[1], TEMPO_RANGE[1])
    wanted = min(max(wanted, low), high)
    if before is not None:
        wanted = min(max(wanted, before.bpm * (1 - before.bend)), before.bpm * (1 + before.bend))
    return round(wanted, 2)  # as it is written down


def common_chord(before: HeardBefore, key: Key) -> tuple[int, Quality]:
    """The chord (absolute root, quality) by which one key leads to another: one that both have, with the most
    tones of the chord heard last; where the keys share none, the new key's chord with the most of them."""
    heard = set(chord_pitch_classes(before.root, before.quality))
    scale = {(before.key.tonic + tone) % 12 for tone in SCALE_TONES[before.key.mode]}
    own = [((key.tonic + degree) % 12, quality) for degree, quality in _TRIADS[key.mode]]

    def fitness(place: int) -> tuple[bool, int, int]:
        tones = set(chord_pitch_classes(*own[place]))
        return tones <= scale, len(tones & heard), -place

    return own[max(range(len(own)), key=fitness)]


def _mean(feeling: tuple[tuple[float, FeltPoint], ...]) -> FeltPoint:
    return (
        sum(point[0] for _, point in feeling) / len(feeling),
        sum(point[1] for _, point in feeling) / len(feeling),
    )


def _segments(feeling: tuple[tuple[float, FeltPoint], ...], end: float) -> tuple[EmotionSegment, ...]:
    """The points as a cue's ramps."""
    points = [(share * end, EmotionPoint(*point)) for share, point in feeling]
    if points[-1][0] < end - 1e-6:
        points.append((end, points[-1][1]))
    if points[0][0] > 1e-6:
        points.insert(0, (0.0, points[0][1]))
    pairs = pairwise(points)
    return tuple(EmotionSegment(a, b, "directive", start, stop) for (a, start), (b, stop) in pairs if b > a)


def _held(curve: Curve, at_s: float) -> Curve:
    value = curve_at(curve, at_s)
    return () if value is None else (CurvePoint(0.0, value),)


def _theme(score: Score, order: PassageOrder) -> tuple[ThemeNote, ...]:
    """The melody's first bars as a theme, in sixteenths; nothing where it says too little."""
    limit = min(order.bars, THEME_BARS) * order.meter.beats_per_bar
    melody = [note for track in score.tracks if track.role == "melody" for note in track.notes]
    notes: list[ThemeNote] = []
    until = 0.0
    for note in sorted(melody, key=lambda note: (note.start_beat, -note.pitch)):
        start = round(note.start_beat * 4)
        if start < until - 0.5 or note.start_beat >= limit - 0.1:
            continue
        steps = max(1, round(min(note.beats, limit - note.start_beat) * 4))
        notes.append(ThemeNote(float(start), float(steps), note.pitch, 80))
        until = start + steps
    return tuple(notes) if len(notes) >= 3 else ()
