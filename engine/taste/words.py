"""What was learnt of a taste, in words: which trait is liked more or less, where, how strongly, how sure that
is. Sentences in English and Chinese; drawing bars is the command's business.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from engine.taste.choices import KINDS, TasteChoice
from engine.taste.image import IMAGE_SIZE
from engine.taste.model import FEELING_WIDTH, SIZE, STYLE_NAMES, STYLE_WIDTH, Taste
from engine.taste.traits import TRAITS

Language = Literal["en", "zh"]
Floats = npt.NDArray[np.float64]

FEELINGS: Final = {
    "happy": ((0.6, 0.6), "in happy cues", "欢快的段落里"),
    "tense": ((-0.6, 0.6), "in tense cues", "紧张的段落里"),
    "sad": ((-0.6, -0.5), "in sad cues", "悲伤的段落里"),
    "calm": ((0.6, -0.5), "in calm cues", "平静的段落里"),
}
"""By quadrant of what was asked: valence and arousal that stand for it, and words."""

SURE: Final = 0.85
"""What is less probable than this is not said."""
LEAST: Final = 0.3
"""Nor what is worth less than this beside the strongest liking: it only goes together with that one."""
_FEWEST: Final = 4
"""Choices in cues of a feeling, or a style, before anything is said of these alone."""
_APART: Final = 0.85
"""How probable it must be that a feeling, or a style, is another matter than music in general."""

_KIND_WORDS: Final = {
    "kept": ("kept", "保留"),
    "frozen": ("frozen", "冻结"),
    "played": ("played through", "听完"),
    "passed": ("passed over", "略过"),
    "more": ("others asked for", "另求"),
    "liked": ("named as liked", "指为喜欢"),
}


@dataclass(frozen=True, slots=True)
class Leaning:
    """That more (`effect` > 0) or less of a trait is liked: the change of liking, as log odds, that goes with
    one standard deviation of it among the takes that were offered; how probable the direction is, .5…1.
    `feeling` is one of `FEELINGS`, `style` a style, where it holds there alone."""

    trait: str
    effect: float
    sure: float
    feeling: str | None = None
    style: str | None = None

    def words(self, language: Language = "en") -> str:
        """Such as "in sad cues: slower harmony"."""
        trait = next(one for one in TRAITS if one.name == self.trait)
        zh = language == "zh"
        more, less = (trait.more_zh, trait.less_zh) if zh else (trait.more, trait.less)
        what = more if self.effect > 0 else less
        where = ""
        if self.feeling is not None:
            _, english, chinese = FEELINGS[self.feeling]
            where = chinese if zh else english
        elif self.style is not None:
            where = _style_words(self.style, zh)
        return f"{where}{'：' if zh else ': '}{what}" if where else what


def leanings(taste: Taste, choices: Sequence[TasteChoice], sure: float = SURE) -> tuple[Leaning, ...]:
    """All that may be said with at least this probability: of all music first, the strongest before the
    others; then of a feeling or a style where it is another matter there."""
    if taste.knows_nothing:
        return ()
    teaching = [choice for choice in choices if choice.contest()]
    together = _correlation(teaching)
    general = [_leaning(taste, name, row, (0.0, 0.0)) for name, row in zip(_NAMES, together, strict=True)]
    least = LEAST * max(abs(one.effect) for one in general)
    found = _strongest([one for one in general if one.sure >= sure and abs(one.effect) >= least])
    said = {one.trait: one for one in found}
    felt = Counter(feeling_of(choice.valence, choice.arousal) for choice in teaching)
    for feeling, (place, _, _) in FEELINGS.items():
        if felt[feeling] >= _FEWEST:
            own = [_leaning(taste, n, row, place, feeling) for n, row in zip(_NAMES, together, strict=True)]
            found += _strongest([one for one in own if _is_new(one, said, taste, together, sure)])
    styled = Counter(choice.style for choice in teaching)
    for style in STYLE_NAMES:
        if styled[style] >= _FEWEST:
            own = [
                _leaning(taste, n, row, (0.0, 0.0), None, style)
                for n, row in zip(_NAMES, together, strict=True)
            ]
            found += _strongest([one for one in own if _is_new(one, said, taste, together, sure)])
    return tuple(found)


def feeling_of(valence: float, arousal: float) -> str:
    """The quadrant's name."""
    if arousal >= 0:
        return "happy" if valence >= 0 else "tense"
    return "calm" if valence >= 0 else "sad"


def told_kinds(choices: Sequence[TasteChoice], language: Language = "en") -> str:
    """How many choices of which kind: "12 kept, 3 passed over"."""
    counted = Counter(choice.kind for choice in choices)
    column = 1 if language == "zh" else 0
    parts = [(counted[kind], _KIND_WORDS[kind][column]) for kind in KINDS if counted[kind]]
    if language == "zh":
        return "，".join(f"{words} {count} 次" for count, words in parts)
    return ", ".join(f"{count} {words}" for count, words in parts)


# ---------------------------------------------------------------------------------------------------- inside

_NAMES: Final = [trait.name for trait in TRAITS]


def _correlation(choices: Sequence[TasteChoice]) -> Floats:
    """How traits go together among the takes that were offered, each choice about its own mean: [T, T]; a
    liking for one of two that always come together is a liking for both, as far as anybody can tell."""
    rows = [np.zeros((0, len(TRAITS)))]
    for choice in choices:
        own = np.array([take.traits for take in choice.offered])
        rows.append(own - own.mean(axis=0))
    table = np.concatenate(rows)
    spread = np.sqrt((table**2).mean(axis=0)) if len(table) else np.zeros(len(TRAITS))
    safe = np.maximum(spread, 1e-9)
    together = (table / safe).T @ (table / safe) / max(len(table), 1)
    # Of few takes correlations are chance: drawn to none as if by so many more.
    together *= len(table) / (len(table) + len(TRAITS))
    np.fill_diagonal(together, 1.0)
    together[spread < 1e-6] = 0.0
    return together


def _weights_of(row: Floats, place: tuple[float, float], style: str | None) -> Floats:
    """The terms that the liking of a trait in a place is a sum of: [1, SIZE]."""
    count = len(TRAITS)
    own = np.zeros(SIZE)
    own[:count] = row
    own[count : 2 * count] = FEELING_WIDTH * place[0] * row
    own[2 * count : 3 * count] = FEELING_WIDTH * place[1] * row
    if style is not None:
        first = 4 * count + IMAGE_SIZE + STYLE_NAMES.index(style) * count
        own[first : first + count] = STYLE_WIDTH * row
    return own[None, :]


def _leaning(
    taste: Taste,
    name: str,
    row: Floats,
    place: tuple[float, float],
    feeling: str | None = None,
    style: str | None = None,
) -> Leaning:
    terms = _weights_of(row, place, style)
    more = taste.probability(terms)[0] if row.any() else 0.5
    return Leaning(name, float(taste.liking(terms)[0]), max(more, 1.0 - more), feeling, style)


def _is_new(one: Leaning, said: dict[str, Leaning], taste: Taste, together: Floats, sure: float) -> bool:
    """Whether it is sure, and another matter than what holds of all music."""
    if one.sure < sure:
        return False
    row = together[_NAMES.index(one.trait)]
    place = FEELINGS[one.feeling][0] if one.feeling else (0.0, 0.0)
    apart = _weights_of(row, place, one.style) - _weights_of(row, (0.0, 0.0), None)
    more = float(taste.probability(apart)[0])
    differs = max(more, 1.0 - more) >= _APART
    known = said.get(one.trait)
    return differs and (known is None or known.effect * one.effect < 0)


def _strongest(found: list[Leaning]) -> list[Leaning]:
    return sorted(found, key=lambda one: (-round(abs(one.effect), 6), one.trait))


def _style_words(style: str, zh: bool) -> str:
    from dsl.vocabulary import STYLES

    return f"{STYLES[style].chinese[0]}风格里" if zh else f"in {style}"
