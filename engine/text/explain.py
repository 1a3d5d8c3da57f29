"""Why a sentence reads as it does: the words that decided, found by leaving each out and reading again,
in one batch."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from engine.text.reading import Keyword, Polarity, Reading
from engine.text.segment import STOP_WORDS, Word, words

Signed = Callable[[Sequence[str]], npt.NDArray[np.float32]]
MOST_WORDS = 24
"""Words of a sentence that are tried; of longer ones, those evenly spread."""
MOST_KEYWORDS = 5
EXPLAINED = 300
"""Characters of a text that are explained: of a sentence without end only the beginning, or it would take
minutes."""
LEAST_WEIGHT = 0.06
ALONE = 0.5
"""How much a word's own reading counts beside what its absence changes: in short sentences the rest often
says the same again, and leaving one word out then changes little."""


def candidates(text: str) -> list[Word]:
    """The words worth trying, tagged, in order; digits and stop words left out unless nothing else is
    there."""
    found = words(text, tagged=True)
    content = [
        word for word in found if word.text.lower() not in STOP_WORDS and not word.text.isdigit()
    ] or found
    if len(content) <= MOST_WORDS:
        return content
    places = np.linspace(0, len(content) - 1, MOST_WORDS).astype(int)
    return [content[place] for place in places]


def keywords(signed: Signed, readings: Sequence[Reading]) -> list[tuple[Keyword, ...]]:
    """For each reading its keywords, heaviest first, weights summing to at most 1. `signed` gives texts'
    signed intensity."""
    heads = [(reading.heard or reading.text)[:EXPLAINED] for reading in readings]
    tried = [
        [word for word in candidates(head) if word.text in reading.text] if reading.confidence > 0 else []
        for head, reading in zip(heads, readings, strict=True)
    ]
    texts: list[str] = []
    for head, chosen in zip(heads, tried, strict=True):
        if chosen:
            texts.append(head)
        for word in chosen:
            texts += [head[: word.start] + head[word.end :], word.text]
    unique = list(dict.fromkeys(texts))
    value = dict(zip(unique, signed(unique), strict=True)) if unique else {}
    return [explain(head, chosen, value) for head, chosen in zip(heads, tried, strict=True)]


def explain(text: str, chosen: Sequence[Word], value: dict[str, np.float32]) -> tuple[Keyword, ...]:
    """Keywords of one text from the signed intensities of it, of it without each word, and of each word
    alone."""
    if not chosen:
        return ()
    whole = float(value[text])
    effects: dict[str, tuple[float, str]] = {}
    for word in chosen:
        without = float(value[text[: word.start] + text[word.end :]])
        effect = (1 - ALONE) * (whole - without) + ALONE * float(value[word.text])
        if abs(effect) > abs(effects.get(word.text, (0.0, ""))[0]):
            effects[word.text] = (effect, word.pos)
    # What pulls the way the sentence goes explains it; what pulls the other way is weighed at half.
    side = 1.0 if whole >= 0 else -1.0
    pull = {word: abs(effect) * (1.0 if effect * side > 0 else 0.5) for word, (effect, _) in effects.items()}
    total = sum(pull.values())
    heaviest = sorted(pull, key=lambda word: -pull[word])[:MOST_KEYWORDS]
    return tuple(
        Keyword(word, effects[word][1], side_of(effects[word][0]), pull[word] / total)
        for word in heaviest
        if pull[word] >= LEAST_WEIGHT * total
    )


def side_of(effect: float) -> Polarity:
    """Which side a word's effect on the reading is on; less than .02 counts as neither."""
    if abs(effect) < 0.02:
        return "neutral"
    return "positive" if effect > 0 else "negative"
