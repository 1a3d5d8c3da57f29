"""How a line of script is read, which words decided, what the arc makes of it, and how to overrule it. No
screen.

The readings come from the studio (`read_line`, where the models are); the words for them are found here.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsl.own_readings import place_of, said
from dsl.plan import Feeling
from dsl.vocabulary import EMOTIONS

if TYPE_CHECKING:
    from dsl.plan import Plan
    from engine.models import Models

Point = tuple[float, float]
"""Valence and arousal, each −1…1."""
_LEAST_EMOTION = 0.2
_NEAR = 0.08
"""Two points nearer than this feel the same."""


@dataclass(frozen=True, slots=True)
class LineReading:
    """One sentence of a line. intensity, confidence 0…1; `emotions` the strongest first; `words` are those
    that decided, with their share, negative where they pull down. `alone` is how it reads by itself, `read`
    among its neighbours, `arc` the smoothed arc at its middle, `felt` what the music is asked for there, by
    `source` ("text", "directive", "blend")."""

    text: str
    t_s: float
    polarity: str
    intensity: float
    confidence: float
    emotions: tuple[tuple[str, float], ...]
    words: tuple[tuple[str, float], ...]
    alone: Point
    read: Point
    arc: Point
    felt: Point
    source: str
    own: tuple[Feeling, ...] = ()
    """The writer's own readings (`@feel`) that stand in place of the model's."""


def read_line(plan: "Plan", line: int, models: "Models") -> tuple[LineReading, ...]:
    """The sentences of source line `line` as the model reads them; none where nothing is spoken there."""
    # Deferred: the text model's package, in the process that has the models.
    from engine.pipeline import curves_of
    from engine.text.arc import arc
    from engine.text.explain import keywords
    from engine.text.overrule import readings_of
    from engine.text.reading import Sentence
    from engine.text.script import script_sentences

    heard = script_sentences(plan)
    own = [n for n, s in enumerate(heard) if s.span.line <= line <= s.span.end_line]
    if not own:
        return ()
    readings = readings_of(models.text, heard, people=[one.name for one in plan.characters])
    spoken = [Sentence(s.cue, s.start_s, s.end_s, r) for s, r in zip(heard, readings, strict=True)]
    curve = curves_of(plan, spoken)[heard[own[0]].cue]
    scene = [n for n, s in enumerate(heard) if s.cue == heard[own[0]].cue]
    middles = [(heard[n].start_s + heard[n].end_s) / 2 for n in scene]
    smooth = dict(zip(scene, arc([readings[n] for n in scene], middles), strict=True))
    alone = models.text.read([readings[n].heard or heard[n].text for n in own], context=False)
    decided = keywords(models.text, [readings[n] for n in own])
    found = []
    for n, by_itself, words in zip(own, alone, decided, strict=True):
        reading, (t_s, *smoothed) = readings[n], smooth[n]
        before = [sample for sample in curve.samples if sample.t_s <= t_s] or list(curve.samples[:1])
        found.append(
            LineReading(
                reading.text.strip(),
                t_s,
                reading.polarity,
                reading.intensity,
                reading.confidence,
                tuple(sorted(reading.emotions.items(), key=lambda item: -item[1])[:3]),
                tuple((k.word, -k.weight if k.polarity == "negative" else k.weight) for k in words),
                (by_itself.valence, by_itself.arousal),
                (reading.valence, reading.arousal),
                (smoothed[0], smoothed[1]),
                curve.at(t_s),
                before[-1].source,
                reading.own,
            )
        )
    return tuple(found)


def explain_line(readings: tuple[LineReading, ...]) -> list[tuple[str, str]]:
    """(heading, text) for the help. Plain text."""
    if not readings:
        return [("This line", "Nothing is spoken here, so it says nothing about the music.")]
    several = len(readings) > 1
    read, decided, made = [], [], []
    for one in readings:
        quoted = f"“{_short(one.text)}” " if several else ""
        read.append(quoted + _read(one))
        decided.append(quoted + _decided(one))
        made.append(quoted + _made(one))
    return [
        ("How this line was read", "\n".join(read)),
        ("The words that decided", "\n".join(decided)),
        ("What the arc makes of it", "\n".join(made)),
        ("To overrule it", overrule(readings[0])),
    ]


def overrule(reading: LineReading) -> str:
    """The edits that help, with an emotion that would do."""
    name = nearest_emotion(reading.felt)
    words = reading.text.replace("\\", "\\\\").replace('"', '\\"')
    ways = [
        (f'@feel "{words}" {name} 0.6', "these words, wherever they stand"),
        ("“Read as…” or melodrama feel", "the same, kept in readings.score beside the score"),
        (f"@emotion {name} 0.6", "on a line above: what is felt from there to the end of the cue"),
        (f"{{emotion {name} 0.6}}", "in the line: from that word on"),
        (f"@emotion {name} 0.6 blend=0.5", "half of it, and half of what the text says"),
        ("@emotion auto", "gives it back to the text"),
    ]
    for own in reading.own:
        ways.insert(0, (f"delete the @feel in {place_of(own)}", "the text model reads it again"))
    # What is written may fill a row of a small terminal: what it does stands below it, not behind it.
    return "\n".join(f"{written}\n  {meaning}" for written, meaning in ways)


def nearest_emotion(point: Point) -> str:
    """The known emotion nearest to a point, for an example that fits."""
    valence, arousal = point
    return min(
        (name for name in EMOTIONS if name != "neutral"),
        key=lambda name: (EMOTIONS[name].valence - valence) ** 2 + (EMOTIONS[name].arousal - arousal) ** 2,
    )


def _read(one: LineReading) -> str:
    if one.own:
        yours = " · ".join(f"{said(own)} for “{_short(own.words)}” ({place_of(own)})" for own in one.own)
        return f"as you say: {yours}\n{_point(one.read)} · the text model is not asked"
    if not one.confidence:
        return "No words in it that could be read: it takes what its neighbours feel."
    named = ", ".join(f"{name} {share:.2f}" for name, share in one.emotions if share >= _LEAST_EMOTION)
    sure = "" if one.confidence >= 0.5 else ": little is certain"
    summary = f"{one.polarity} {one.intensity:.2f} · {_point(one.read)} · sure {one.confidence:.2f}{sure}"
    return f"{summary}\n{named}" if named else summary


def _decided(one: LineReading) -> str:
    if one.own:
        return " · ".join(f"{_short(own.words)}: your own reading" for own in one.own)
    if not one.words:
        return "none in particular"
    return " · ".join(f"{word} {weight:+.2f}" for word, weight in one.words).replace("-", "−")


def _made(one: LineReading) -> str:
    minutes, seconds = divmod(one.t_s, 60)
    at = f"At {int(minutes)}:{seconds:04.1f} "
    if one.source == "directive":
        return f"{at}an @emotion is in force: {_point(one.felt)}. What the text says counts for nothing here."
    alone = "" if one.own or _near(one.alone, one.read) else f" (by itself it reads {_point(one.alone)})"
    moved = (
        "as the line is read"
        if _near(one.read, one.arc)
        else "drawn from the reading towards the lines around it"
    )
    told = f"{at}the text's arc stands at {_point(one.arc)}, {moved}{alone}."
    if one.source == "blend":
        told += f" An @emotion with blend= makes {_point(one.felt)} of it."
    return told


def _near(one: Point, other: Point) -> bool:
    return max(abs(one[0] - other[0]), abs(one[1] - other[1])) < _NEAR


def _point(point: Point) -> str:
    return f"valence {point[0]:+.2f}, arousal {point[1]:+.2f}".replace("-", "−")


def _short(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"
