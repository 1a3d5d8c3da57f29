"""A studio that composes at once and always the same: pictures and tests that are about the screen need no
models."""

import math
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from dsl.plan import Key, Meter, Plan, PlannedCue
from engine.composition import ComposedCue, Composition
from engine.emotion.felt import felt_curve
from engine.music.score import (
    KeyChange,
    Lyric,
    Marker,
    MeterChange,
    Note,
    Score,
    ScoreCue,
    TempoChange,
    Track,
)
from engine.render.export import Target, export
from engine.render.pieces import Piece, Sounding
from engine.report import CueReport, Feeling, FileReport, HitReport
from engine.taste.choices import OfferedTake, TakesOnOffer
from engine.taste.traits import TRAITS
from engine.text.reading import Sentence
from engine.text.script import script_sentences
from tui.line_reading import LineReading
from tui.settings import Settings
from tui.studio.protocol import Analysed, Announce, Asked, GoOn, Superseded

RATE = 8_000
KEY = Key(2, "minor", "D")
MATCHES = (0.62, 0.41, 0.86, 0.55, 0.73, 0.29, 0.68, 0.8)
_MELODY = (0, 2, 3, 7, 5, 3, 2, 0, -2, 0, 3, 5, 7, 8, 7, 5)


class StagedStudio:
    """Take N of a cue has match MATCHES[N − 1]; the second cue of a score matches poorly whatever is
    taken."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.is_loaded = False
        self.problem: str | None = None
        self.liked = 0
        """The take that is said to be liked most; none where nothing has been learnt."""

    def load(self) -> str | None:
        self.is_loaded = True
        return None

    def analyse(self, asked: Asked, go_on: GoOn) -> Analysed:
        return Analysed(tuple(felt_curve(cue, _arc(cue)) for cue in asked.plan.cues))

    def explain(self, asked: Asked, line: int, go_on: GoOn) -> tuple[LineReading, ...]:
        """Every sentence reads alike; the arc draws it a little up."""
        return tuple(
            LineReading(
                s.text.strip(),
                (s.start_s + s.end_s) / 2,
                "negative",
                0.74,
                0.81,
                (("despair", 0.62), ("sadness", 0.31)),
                (("绝望", -0.52), ("stood", 0.12)),
                (-0.71, -0.3),
                (-0.58, -0.22),
                (-0.35, -0.1),
                (-0.35, -0.1),
                "text",
            )
            for s in script_sentences(asked.plan)
            if s.span.line == line
        )

    def compose(
        self, asked: Asked, go_on: GoOn, announce: Announce | None = None, more_takes: int = 0
    ) -> Composition:
        if not go_on():
            raise Superseded
        return staged_composition(asked.plan, self.settings.takes + more_takes, self.liked)

    def sound(self, composition: Composition, go_on: GoOn, announce: Announce | None = None) -> Sounding:
        """A constant that tells by its height which takes are heard."""
        count = int((composition.score.duration_s + 1.0) * RATE)
        height = sum(report.take * 7**n for n, report in enumerate(composition.cues[:3])) / 1000
        roles = {track.role for track in composition.score.tracks}
        piece = Piece.of(np.full((count, 2), height / len(roles), np.float32))
        return Sounding(dict.fromkeys(roles, ((0, piece),)), np.ones(count, np.float32), RATE)

    def render(
        self, composition: Composition, target: Target, go_on: GoOn, announce: Announce | None = None
    ) -> tuple[FileReport, ...]:
        return export(composition, target)

    def close(self) -> None:
        return


def staged(takes: int = 8) -> StagedStudio:
    return StagedStudio(Settings(takes=takes))


def staged_composition(plan: Plan, takes: int, liked: int = 0) -> Composition:
    numbers = range(1, takes + 1)
    matches = []
    for index, cue in enumerate(plan.cues):
        known = [(n, _match(index, n)) for n in sorted({*numbers, cue.take or 1})]
        best = cue.take or max(known, key=lambda take: take[1])[0]
        matches.append(tuple(sorted(known, key=lambda take: (take[0] != best, -take[1]))))
    chosen = [0 if cue.freeze else own[0][0] for cue, own in zip(plan.cues, matches, strict=True)]
    curves = tuple(felt_curve(cue, _arc(cue)) for cue in plan.cues)
    reports = tuple(
        _report(
            cue,
            curve.at((cue.start_s + cue.end_s) / 2),
            take,
            0 if cue.freeze else takes,
            dict(own).get(take, 0.5),
        )
        for cue, curve, take, own in zip(plan.cues, curves, chosen, matches, strict=True)
    )
    sentences = tuple(
        Sentence(
            s.cue, s.start_s, s.end_s, cast(Any, SimpleNamespace(text=s.text, intensity=0.7, keywords=()))
        )
        for s in script_sentences(plan)
    )
    score = _score(plan, chosen)
    composed = tuple(
        ComposedCue(
            tuple(s for s in sentences if s.cue == n), curve, report, own, offer=_offer(cue, own, liked)
        )
        for n, (cue, curve, report, own) in enumerate(zip(plan.cues, curves, reports, matches, strict=True))
    )
    return Composition(plan, score, composed, {})


def _offer(cue: PlannedCue, matches: tuple[tuple[int, float], ...], liked: int) -> TakesOnOffer | None:
    """Takes by how they match, the liked one first; take N has N / 10 of everything."""
    if cue.freeze:
        return None
    order = sorted(matches, key=lambda take: take[0] != liked)
    takes = tuple(OfferedTake((n / 10,) * len(TRAITS), (n / 10,) * 8, match, False) for n, match in order)
    lifts = tuple(0.1 if n == liked else 0.0 for n, _ in order)
    return TakesOnOffer("strings", -0.5, 0.2, tuple(n for n, _ in order), takes, lifts, 12 if liked else 0)


def _arc(cue: PlannedCue) -> list[tuple[float, float, float]]:
    """What the text of a cue is said to feel: something that moves."""
    steps = [cue.start_s + cue.duration_s * k / 12 for k in range(13)]
    return [(t, -0.45 + 0.5 * math.sin(t / 9), -0.1 + 0.4 * math.sin(t / 5 + 1)) for t in steps]


def _match(index: int, number: int) -> float:
    return MATCHES[(number - 1) % len(MATCHES)] * (0.5 if index == 1 else 1.0)


def _report(cue: PlannedCue, asked: tuple[float, float], take: int, takes: int, match: float) -> CueReport:
    heard = Feeling(asked[0] * 0.7 + 0.1, asked[1] * 0.6 - 0.1)
    hits = tuple(HitReport(e.name, e.t_s, e.t_s) for e in cue.events if e.kind == "hit")
    return CueReport(
        cue.id, take, takes, Feeling(*asked), heard, match, 0.8, 0.6, _bpm(cue), str(KEY), hits, cue.bars, 64
    )


def _bpm(cue: PlannedCue) -> float:
    return cue.bars * 4 * 60 / max(cue.duration_s, 0.1)


def _score(plan: Plan, takes: list[int]) -> Score:
    parts: dict[str, list[Note]] = {"melody": [], "chords": [], "bass": [], "drums": []}
    cues, tempo, beat = [], [], 0.0
    for index, (cue, take) in enumerate(zip(plan.cues, takes, strict=True)):
        beats, bpm = cue.bars * 4.0, _bpm(cue)
        cues.append(
            ScoreCue(
                cue.id,
                cue.title,
                cue.start_s,
                cue.end_s,
                beat,
                beat + beats,
                _style(cue),
                KEY,
                take,
                cue.loop,
            )
        )
        tempo.append(TempoChange(beat, cue.start_s, bpm))
        for part, note in _notes(cue, take, index, beat, 60 / bpm):
            parts[part].append(note)
        beat += beats
    instruments = (
        ("Violin", "melody", 40),
        ("Strings", "chords", 48),
        ("Bass", "bass", 43),
        ("Drums", "drums", 0),
    )
    tracks = tuple(
        Track(name, cast(Any, role), program, role == "drums", tuple(parts[role]))
        for name, role, program in instruments
        if parts[role]
    )
    return Score(
        title=plan.title or "",
        author=None,
        duration_s=plan.cues[-1].end_s if plan.cues else 0.0,
        tracks=tracks,
        tempo=tuple(tempo),
        meters=(MeterChange(0.0, 0.0, Meter(4, 4)),),
        keys=(KeyChange(0.0, 0.0, KEY),),
        markers=tuple(
            Marker(e.t_s, 0.0, "hit", e.name or "")
            for cue in plan.cues
            for e in cue.events
            if e.kind == "hit"
        ),
        lyrics=tuple(
            Lyric(line.start_s, line.end_s, line.text, line.speaker)
            for cue in plan.cues
            for line in cue.lines
        ),
        cues=tuple(cues),
    )


def _style(cue: PlannedCue) -> str:
    return cue.styles[0].value if cue.styles else "piano"


def _notes(cue: PlannedCue, take: int, index: int, first: float, beat_s: float) -> list[tuple[str, Note]]:
    """A tune of quarters that each take begins elsewhere, three held notes a bar, a bass, drums from the
    second cue."""

    def note(pitch: int, velocity: int, at: float, length: float) -> Note:
        start = cue.start_s + at * beat_s
        return Note(pitch, velocity, first + at, length, start, start + length * beat_s * 0.95)

    found = []
    for bar in range(cue.bars):
        for beat in range(4):
            step = bar * 4 + beat
            if (step * 5 + take) % 7:
                pitch = 74 + _MELODY[(step + take * 3) % 16]
                found.append(("melody", note(pitch, 60 + (step * 13) % 50, step, 1.0)))
        for pitch in (57, 62, 65):
            found.append(("chords", note(pitch - (bar + take) % 3 * 2, 56, bar * 4, 3.9)))
        found.append(("bass", note(38 + (bar * 5 + take) % 7, 72, bar * 4, 2.0)))
        if index:
            found += [("drums", note(36 if b % 2 else 42, 60 + b * 8, bar * 4 + b, 0.5)) for b in range(4)]
    return found
