"""Why a sentence reads as it does: the words that decided.

A word's effect is what leaving it out changes, and what it says alone. To read a sentence once more for each
of its words takes many times as long as to read it; here every word is left out roughly, of the upper layers,
and only those few that seem to have decided are left out of the text itself. How far that agrees with leaving
out each is measured by `engine.train.text.agreement`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from engine.text.reading import Keyword, Polarity, Reading
from engine.text.scores import Floats, Stretch
from engine.text.segment import STOP_WORDS, Word, words

MOST_WORDS = 24
"""Words of a sentence that are tried; of longer ones, those evenly spread."""
MOST_KEYWORDS = 5
EXPLAINED = 300
"""Characters of a text that are explained: of a sentence without end only the beginning, or it would take
minutes."""
LEAST_WEIGHT = 0.06
SURELY = 1
"""So many words of a sentence, those that seem to weigh most, are left out of the text itself. A second one
agrees a little better (rank .918 in place of .914, top word .92 in place of .88) and costs a pass."""
NEAR = 0.1
"""A text whose signed intensity is nearer to 0 is on neither side: of its words none is left out of the text
itself."""
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


class Judge(Protocol):
    """What is asked about words: `TextModel`. All give signed intensity, −1…1 and beyond."""

    def signed(self, texts: Sequence[str]) -> Floats:
        """Of each text by itself."""
        ...

    def signed_again(self, texts: Sequence[str]) -> Floats:
        """Of texts that have been read before."""
        ...

    def signed_words(self, words: Sequence[str]) -> Floats:
        """Of single words, which come again and again."""
        ...

    def signed_without(self, texts: Sequence[str], left_out: Sequence[Sequence[Stretch]]) -> list[Floats]:
        """Roughly, of each text without each of its stretches."""
        ...


@dataclass(frozen=True, slots=True)
class Weighed:
    """A text's words and their `effects` on its signed intensity, which is `whole`."""

    words: tuple[Word, ...]
    whole: float
    effects: Floats

    @property
    def pulls(self) -> Floats:
        """How much each word explains: what pulls the way the text goes counts, what pulls the other way at
        half."""
        side = 1.0 if self.whole >= 0 else -1.0
        return np.asarray(np.abs(self.effects) * np.where(self.effects * side > 0, 1.0, 0.5), np.float32)


def keywords(judge: Judge, readings: Sequence[Reading]) -> list[tuple[Keyword, ...]]:
    """For each reading its keywords, heaviest first, weights summing to at most 1."""
    sure = [reading for reading in readings if reading.confidence > 0]
    texts = [reading.heard or reading.text for reading in sure]
    found = iter(deciding_words(judge, texts, [reading.text for reading in sure]))
    return [next(found) if reading.confidence > 0 else () for reading in readings]


def deciding_words(judge: Judge, texts: Sequence[str], among: Sequence[str]) -> list[tuple[Keyword, ...]]:
    """The keywords of each text as it is heard, of those words that it shares with the one in `among`."""
    heads = [text[:EXPLAINED] for text in texts]
    return [heaviest_of(one) for one in weigh(judge, heads, among=among)]


def weigh(
    judge: Judge,
    texts: Sequence[str],
    surely: int = SURELY,
    among: Sequence[str] | None = None,
    near: float = NEAR,
) -> list[Weighed]:
    """The effects of the words of each text: those of the heaviest `surely` as they are, the others about;
    of a text whose signed intensity is nearer to 0 than `near`, all about. `among`: for each text another
    that must hold its words, too."""
    if not texts:
        return []
    tried = [
        tuple(word for word in candidates(text) if word.text in other)
        for text, other in zip(texts, among or texts, strict=True)
    ]
    wholes = judge.signed_again(texts)
    ends = np.cumsum([len(own) for own in tried])[:-1]
    alone = np.split(judge.signed_words([word.text for own in tried for word in own]), ends)
    sided = [surely if abs(float(whole)) >= near else 0 for whole in wholes]
    without = _roughly(judge, texts, tried, sided)
    asked: list[tuple[int, int]] = []
    for n, own in enumerate(tried):
        first = Weighed(own, float(wholes[n]), _mixed(wholes[n], without[n], alone[n]))
        asked += [(n, int(place)) for place in np.argsort(-first.pulls, kind="stable")[: sided[n]]]
    cut = [texts[n][: tried[n][place].start] + texts[n][tried[n][place].end :] for n, place in asked]
    unique = list(dict.fromkeys(cut))
    exact = dict(zip(unique, judge.signed(unique), strict=True)) if unique else {}
    for (n, place), text in zip(asked, cut, strict=True):
        without[n][place] = exact[text]
    return [
        Weighed(own, float(whole), _mixed(whole, *each))
        for own, whole, *each in zip(tried, wholes, without, alone, strict=True)
    ]


def _roughly(
    judge: Judge, texts: Sequence[str], tried: Sequence[tuple[Word, ...]], surely: Sequence[int]
) -> list[Floats]:
    """About what each text says without each of its words; where all will be left out in earnest, nothing."""
    many = [n for n, own in enumerate(tried) if len(own) > surely[n]]
    stretches = [[(word.start, word.end) for word in tried[n]] for n in many]
    found = dict(zip(many, judge.signed_without([texts[n] for n in many], stretches), strict=True))
    return [found[n].copy() if n in found else np.zeros(len(own), np.float32) for n, own in enumerate(tried)]


def _mixed(whole: np.float32, without: Floats, alone: Floats) -> Floats:
    """What a word's absence changes, and what it says alone."""
    return np.asarray((1 - ALONE) * (whole - without) + ALONE * alone, np.float32)


def heaviest_of(weighed: Weighed) -> tuple[Keyword, ...]:
    """The keywords of one text. Of a word that comes twice the heavier place counts."""
    pull: dict[str, tuple[float, str, float]] = {}
    for word, effect, own in zip(weighed.words, weighed.effects, weighed.pulls, strict=True):
        if float(own) > pull.get(word.text, (0.0,))[0]:
            pull[word.text] = (float(own), word.pos, float(effect))
    total = sum(own for own, _, _ in pull.values())
    heaviest = sorted(pull, key=lambda word: -pull[word][0])[:MOST_KEYWORDS]
    return tuple(
        Keyword(word, pull[word][1], side_of(pull[word][2]), pull[word][0] / total)
        for word in heaviest
        if pull[word][0] >= LEAST_WEIGHT * total
    )


def side_of(effect: float) -> Polarity:
    """Which side a word's effect on the reading is on; less than .02 counts as neither."""
    if abs(effect) < 0.02:
        return "neutral"
    return "positive" if effect > 0 else "negative"
