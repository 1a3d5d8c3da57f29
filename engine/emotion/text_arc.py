"""The part of the text in what is felt: the smoothed arc of the sentences of a cue, at their times.

Apart from `engine.emotion.felt`, which the workstation needs before anything is read, and without numpy.
"""

from collections.abc import Sequence

from engine.emotion.felt import ArcPoint
from engine.text.arc import arc
from engine.text.reading import Sentence


def text_arc(spoken: Sequence[Sentence]) -> list[ArcPoint]:
    """The smoothed arc of some sentences: each holds its feeling over the middle of its time and turns at its
    ends."""
    points: list[ArcPoint] = []
    middles = arc([s.reading for s in spoken], [(s.start_s + s.end_s) / 2 for s in spoken])
    for sentence, (_, valence, arousal) in zip(spoken, middles, strict=True):
        margin = 0.2 * (sentence.end_s - sentence.start_s)
        points.append((sentence.start_s + margin, valence, arousal))
        points.append((sentence.end_s - margin, valence, arousal))
    return points
