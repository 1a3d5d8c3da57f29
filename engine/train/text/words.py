"""Derives the word lexicon from the model: the frequent words of both languages, each read alone.

English words come from the training sets, Chinese ones from the story lines and from the commonest content
words of jieba's dictionary. The file is small and is what `engine.text.lexicon` colours with.
"""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from engine.text.analyze import TextModel
from engine.text.segment import STOP_WORDS, words
from engine.train.text.data import Example

ENGLISH = 8000
CHINESE = 11000
CONTENT = ("a", "n", "v", "i", "l", "z", "d")
"""jieba's tags of words that can feel like something: adjectives, nouns, verbs, idioms, set phrases,
states, adverbs."""
PLAIN = 0.12
"""Words that the model places nearer to neutral than this on both axes are left out: they would colour
nothing."""


def named_words(examples: Iterable[Example], language: str) -> list[str]:
    """The words that are rated or that name a feeling, in order: of all words these must not be missing."""
    texts = (e.text for e in examples if e.source in ("word", "told") and e.language == language)
    return [text for text in texts if len(text) <= (5 if language == "zh" else 20) and text.isalpha()]


def english_words(examples: Iterable[Example]) -> list[str]:
    """The commonest English words, lower case, that occur at least three times."""
    counts: Counter[str] = Counter()
    for example in examples:
        if example.language == "en":
            counts.update(word.text.lower().replace("’", "'") for word in words(example.text))
    usable = [
        word
        for word, count in counts.most_common()
        if count >= 3 and len(word) > 2 and word.isascii() and not word.isdigit() and word not in STOP_WORDS
    ]
    return list(dict.fromkeys([*named_words(examples, "en"), *usable]))[:ENGLISH]


def chinese_words(examples: Iterable[Example]) -> list[str]:
    """The story lines' words and jieba's commonest content words, two to five characters (one: from lines
    alone)."""
    import jieba

    counts: Counter[str] = Counter()
    for example in examples:
        if example.language == "zh" and example.source == "story":
            counts.update(word.text for word in words(example.text) if not word.text.isascii())
    own = [word for word, count in counts.most_common() if count >= 2 and word not in STOP_WORDS]
    with jieba.Tokenizer().get_dict_file() as file:
        entries = [line.decode("utf-8").split() for line in file]
    ranked = sorted((entry for entry in entries if entry[-1][0] in CONTENT), key=lambda entry: -int(entry[1]))
    names = {"nr", "ns", "nt", "nz", "nrt", "nrfg"}
    common = [word for word, _, tag in ranked if 2 <= len(word) <= 5 and tag not in names]
    return list(dict.fromkeys([*named_words(examples, "zh"), *own, *common]))[:CHINESE]


def derive(model: TextModel, examples: list[Example], path: Path) -> int:
    """Writes the lexicon (`word<TAB>valence<TAB>arousal`, hundredths) to `path`; the number of words in
    it."""
    candidates = english_words(examples) + chinese_words(examples)
    feelings = model.feel(candidates)
    rows = [
        f"{word}\t{round(100 * float(valence))}\t{round(100 * float(arousal))}\n"
        for word, (valence, arousal, _) in zip(candidates, feelings, strict=True)
        if max(abs(valence), abs(arousal)) >= PLAIN
    ]
    part = path.with_suffix(".part")
    part.write_text("".join(sorted(rows)), encoding="utf-8")
    os.replace(part, path)
    return len(rows)
