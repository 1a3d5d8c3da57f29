"""A style is one row of one table and its words: what else knows styles follows, and nothing names one
that is not."""

import numpy as np
import pytest

from dsl.vocabulary import STYLES as WORDS
from engine.generate.cadence import _ROWS as HARMONY
from engine.generate.cadence import STYLES as CADENCES
from engine.generate.lines.conditions import SOURCES
from engine.generate.lines.planning import melody_collection
from engine.music.styles import STYLES
from engine.train.music.tensors import STYLES as TAUGHT


def test_the_styles_are_those_of_the_language() -> None:
    assert set(STYLES) == set(CADENCES) == set(WORDS)
    assert tuple(WORDS) == TAUGHT
    assert all(name == style.style for name, style in STYLES.items())


def test_rows_of_harmony_belong_to_styles_that_there_are() -> None:
    assert set(HARMONY) <= set(WORDS)
    assert {style.harmony for style in STYLES.values()} <= {"", *HARMONY}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_lines_are_written_like_collections_that_the_writer_knows(style) -> None:  # type: ignore[no-untyped-def]
    assert {*style.melody_like, style.accompanied_like} <= set(SOURCES)
    assert melody_collection(style.style, np.random.default_rng(1)).sum() == 1.0
