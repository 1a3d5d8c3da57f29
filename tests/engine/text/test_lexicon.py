"""Colouring words from a lexicon, without a model."""

import pytest

from engine.errors import WeightsError
from engine.text.lexicon import colour, read_lexicon

WORDS = {"绝望": (-0.8, -0.1), "望": (0.1, 0.0), "joy": (0.8, 0.5), "don't": (-0.2, 0.1)}


def test_the_longest_entry_wins() -> None:
    hue = colour("他绝望了", WORDS)[0]
    assert (hue.start, hue.end, hue.valence) == (1, 3, -0.8)


def test_english_ignores_case_and_curly_apostrophes() -> None:
    assert [hue.valence for hue in colour("Joy! I don’t know.", WORDS)] == [0.8, -0.2]


def test_unknown_words_stay_plain() -> None:
    assert colour("table 桌子 joyful", WORDS) == []


def test_a_file_that_is_no_lexicon_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "lexicon.tsv"
    path.write_text("word\tmany\n")
    with pytest.raises(WeightsError):
        read_lexicon(path)
    path.write_text("word\t50\t-25\n")
    assert read_lexicon(path) == {"word": (0.5, -0.25)}
