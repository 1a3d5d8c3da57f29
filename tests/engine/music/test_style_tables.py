"""Every table that knows styles knows the language's: one that is added is not forgotten, one that is renamed
leaves nothing behind."""

from collections.abc import Collection

import pytest

from dsl.vocabulary import STYLES
from engine.arrange.beat import LIVELY
from engine.generate.cadence import PENTATONIC_STYLES
from engine.generate.cadence import STYLES as HARMONY
from engine.generate.lines.planning import MANNERS, SUPPORT
from engine.generate.score_plan import STYLE_RANGES
from engine.music.mapping import STYLE_TEMPO
from engine.music.palettes import PALETTES
from engine.train.music.tensors import STYLES as TAUGHT


@pytest.mark.parametrize("table", [PALETTES, HARMONY, TAUGHT], ids=["palettes", "harmony", "taught"])
def test_every_style_has_instruments_and_harmony_and_is_taught(table: Collection[str]) -> None:
    assert set(table) == set(STYLES)


@pytest.mark.parametrize(
    "table",
    [STYLE_TEMPO, STYLE_RANGES, LIVELY, PENTATONIC_STYLES, MANNERS, SUPPORT],
    ids=["tempo", "reach", "beat", "pentatonic", "manners", "support"],
)
def test_what_holds_for_some_styles_names_styles_that_there_are(table: Collection[str]) -> None:
    assert set(table) <= set(STYLES)
