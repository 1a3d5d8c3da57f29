"""How a writer's own readings (`@feel`) find the words they are about. No model here, and nothing is read.

Words are compared without regard to case, to which quotation marks were typed, and to how wide a space is;
Latin words begin and end where words do. A sentence that is the words of a reading is felt so, and one that
holds them; a whole sentence comes before a phrase, the longer words before the shorter, and of several the
mean counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dsl.plan import EmotionPoint, Feeling

_QUOTES = str.maketrans("“”„‟«»‘’‚‛", '""""""\'\'\'\'')
_UNSPACED = (("\u2e80", "\u9fff"), ("\uac00", "\ud7af"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003ffff"))
"""Scripts that put no space between words: a word may begin and end anywhere."""


@dataclass(frozen=True, slots=True)
class Named:
    """The stretch `start` … `end` (code points, from 0, the end exclusive) of a text that `feeling` is
    about."""

    start: int
    end: int
    feeling: Feeling


def compared(words: str) -> str:
    """The form in which words are compared; empty where there is no letter or digit in them."""
    form, _ = _form(words)
    return form if any(map(str.isalnum, form)) else ""


class OwnReadings:
    """The readings of one score, ready to be looked for in its lines."""

    def __init__(self, feelings: Iterable[Feeling]) -> None:
        self._of_words: dict[str, list[Feeling]] = {}
        self._lengths: dict[str, dict[int, None]] = {}
        for feeling in feelings:
            form = compared(feeling.words)
            if form:
                self._of_words.setdefault(form, []).append(feeling)
                self._lengths.setdefault(form[:2], {})[len(form)] = None

    def __bool__(self) -> bool:
        return bool(self._of_words)

    def named(self, text: str) -> list[Named]:
        """Every stretch of `text` that some reading is about, in order; they may overlap."""
        if not self:
            return []
        form, places = _form(text)
        found: list[Named] = []
        for at in range(len(form)):
            for head in dict.fromkeys((form[at : at + 2], form[at])):
                for length in self._lengths.get(head, ()):
                    said = self._of_words.get(form[at : at + length], ())
                    if said and at + length <= len(form) and _stands_alone(form, at, at + length):
                        end = places[at + length - 1] + 1
                        found += [Named(places[at], end, feeling) for feeling in said]
        return found


def felt_in(text: str, named: Sequence[Named], start: int, end: int) -> tuple[Feeling, ...]:
    """The readings that count for the sentence `start` … `end` of `text`, of those `named` in it; none where
    the model is to be asked."""
    letters = [place for place in range(start, end) if text[place].isalnum()]
    here = [one for one in named if any(one.start <= place < one.end for place in letters)]
    whole = [one for one in here if one.start <= letters[0] and letters[-1] < one.end]
    if whole:
        return (min(whole, key=lambda one: one.end - one.start).feeling,)
    chosen: list[Named] = []
    for one in sorted(here, key=lambda one: (one.start - one.end, one.start)):
        if all(one.end <= other.start or other.end <= one.start for other in chosen):
            chosen.append(one)
    in_order = sorted(chosen, key=lambda one: one.start)
    return tuple(dict.fromkeys(one.feeling for one in in_order))


def point_of(feelings: Sequence[Feeling]) -> EmotionPoint:
    """What several readings of one sentence come to: their mean. At least one."""
    return EmotionPoint(
        sum(one.valence for one in feelings) / len(feelings),
        sum(one.arousal for one in feelings) / len(feelings),
    )


def _form(text: str) -> tuple[str, list[int]]:
    """The compared form, and for each of its characters the place in `text`."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text.translate(_QUOTES)):
        if letter.isspace():
            if not letters or letters[-1] == " ":
                continue
            letter = " "
        low = letter.lower()
        letters.append(low if len(low) == 1 else letter)
        places.append(place)
    while letters and letters[-1] == " ":
        letters.pop()
        places.pop()
    return "".join(letters), places


def _stands_alone(form: str, start: int, end: int) -> bool:
    """Whether a stretch neither begins nor ends within a word."""
    begins = start == 0 or not (_spaced(form[start]) and _spaced(form[start - 1]))
    return begins and (end == len(form) or not (_spaced(form[end - 1]) and _spaced(form[end])))


def _spaced(letter: str) -> bool:
    """Whether it belongs to words that have spaces around them."""
    return letter.isalnum() and not any(first <= letter <= last for first, last in _UNSPACED)
