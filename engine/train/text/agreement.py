"""How far the words that are told to have decided agree with leaving out each word of the text itself.

`python -m engine.train.text.agreement --data DIR [--weights DIR] [--lines 500]` measures it on lines of the
story lines' test scenes and of the works of fiction that are kept for the test, a quarter each in English and
Chinese. DIR is the folder with `fiction`; it is a matter of minutes on one core.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from engine.text.analyze import TextModel
from engine.text.explain import ALONE, MOST_WORDS, SURELY, Judge, Weighed, candidates, weigh
from engine.train.text.data import STORYLINES, read_storylines, split_of
from engine.train.text.fiction import read_fiction, split_of_work


def agreement(
    judge: Judge, texts: Sequence[str], surely: int = SURELY, exact: Sequence[Weighed] = ()
) -> dict[str, float]:
    """Means over the texts (of three words and more), against leaving out each word and reading it alone.

    `effects` and `pulls`: the rank correlation of the words' effects, and of how much they explain; `top`:
    how often the heaviest word is the same; `left_out`: the rank correlation of what the words' absence
    changes, without what they say alone. `exact` where it is known already.
    """
    told, exact = weigh(judge, texts, surely), exact or weigh(judge, texts, MOST_WORDS, near=0.0)
    alone = [judge.signed_words([word.text for word in one.words]) for one in exact]
    pairs = [each for each in zip(told, exact, alone, strict=True) if len(each[0].words) >= 3]
    return {
        "effects": _mean([_ranked(one.effects, other.effects) for one, other, _ in pairs]),
        "pulls": _mean([_ranked(one.pulls, other.pulls) for one, other, _ in pairs]),
        "top": _mean([float(one.pulls.argmax() == other.pulls.argmax()) for one, other, _ in pairs]),
        "left_out": _mean([_ranked(_absence(one, own), _absence(other, own)) for one, other, own in pairs]),
    }


def _absence(one: Weighed, alone: np.ndarray) -> np.ndarray:
    return np.asarray(one.effects - ALONE * alone)


def _ranked(one: np.ndarray, other: np.ndarray) -> float:
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return float(spearmanr(one, other)[0])


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def lines_of(data: Path, count: int) -> list[str]:
    """Some `count` test lines that hold three words to try, evenly spread: story lines and fiction, English
    and Chinese, a quarter each."""
    story = [line for line in read_storylines(STORYLINES) if split_of(line.scene) == "test"]
    works = read_fiction(data)
    fiction = [line for work in sorted(works) if split_of_work(work) == "test" for line in works[work]]
    found: list[str] = []
    for lines in (story, fiction):
        for language in ("en", "zh"):
            own = [line.text for line in lines if line.language == language]
            texts = [text for text in dict.fromkeys(own) if len(candidates(text)) >= 3]
            places = np.linspace(0, len(texts) - 1, min(count // 4, len(texts))).astype(int)
            found += [texts[place] for place in places]
    return found


def main() -> None:
    """Prints the figures, tab-separated: with the words left out in earnest, and with none to three."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--lines", type=int, default=500)
    given = parser.parse_args()
    model, texts = TextModel.load(given.weights), lines_of(given.data, given.lines)
    model.read(texts, context=False)
    exact = weigh(model, texts, MOST_WORDS, near=0.0)
    for surely in (SURELY, *(n for n in range(4) if n != SURELY)):
        figures = agreement(model, texts, surely, exact)
        print(
            surely,
            len(texts),
            *(f"{name} {value:.3f}" for name, value in figures.items()),
            sep="\t",
            flush=True,
        )


if __name__ == "__main__":
    main()
