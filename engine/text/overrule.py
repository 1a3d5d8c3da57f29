"""The writer's own readings (`@feel`) in place of the model's: the one way from a script's sentences to what
they feel. Neighbours of an overruled sentence are read as if it were not overruled."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from dsl.feelings import point_of
from dsl.plan import Feeling
from dsl.vocabulary import EMOTION_NAMES, canonical
from engine.text.analyze import Progress, TextModel, polarity_of
from engine.text.reading import Keyword, Reading
from engine.text.scores import Scorer
from engine.text.script import ScriptSentence


def readings_of(
    model: TextModel,
    sentences: Sequence[ScriptSentence],
    *,
    explain: bool = False,
    progress: Progress | None = None,
    people: Iterable[str] = (),
) -> list[Reading]:
    """One reading a sentence, in order, each among its neighbours of the same cue. `explain`, `progress`
    and `people` as in `TextModel.read`."""
    readings = model.read(
        [sentence.text for sentence in sentences],
        scenes=[sentence.cue for sentence in sentences],
        speakers=[sentence.speaker for sentence in sentences],
        explain=explain,
        progress=progress,
        people=people,
    )
    return [
        overruled(reading, sentence.own, model.scorer, explain) if sentence.own else reading
        for reading, sentence in zip(readings, sentences, strict=True)
    ]


def overruled(reading: Reading, own: Sequence[Feeling], scorer: Scorer, explain: bool = False) -> Reading:
    """`reading` as the writer says it is, quite sure. What `own` does not say, dominance, stays the model's.

    The point under its intensity is valence and arousal; signed intensity and polarity follow on `scorer`'s
    one scale. `explain`: the writer's words are told as those that decided.
    """
    point = point_of(own)
    valence, arousal = round(point.valence, 4), round(point.arousal, 4)
    signed = round(max(-1.0, min(1.0, scorer.gain * valence)), 4)
    polarity = polarity_of(signed, scorer.neutral)
    emotions = dict.fromkeys(reading.emotions, 0.0)
    for one in own:
        name = canonical(one.name, EMOTION_NAMES) if one.name else None
        if name is not None and name in emotions:
            emotions[name] = round(min(1.0, emotions[name] + one.intensity / len(own)), 4)
    return replace(
        reading,
        polarity=polarity,
        intensity=abs(signed),
        signed_intensity=signed,
        valence=valence,
        arousal=arousal,
        emotions=emotions,
        confidence=1.0,
        keywords=tuple(Keyword(one.words, "X", polarity, round(1 / len(own), 4)) for one in own)
        if explain
        else (),
        own=tuple(own),
    )
