"""The letters of a cue's form and what becomes of its themes: in the report and the roll."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from dsl.score_file import plan_source
from engine.models import Models
from engine.pipeline import Composition, compose
from engine.render.roll import svg_bytes
from engine.report_json import cue_json

TEXT = """style: piano
---
@motif rope = [E5 G5 B5 A5:2 G5 E5:2]
# 1m1 A
@bars 16
@emotion hope 0.6
@motif rope
He holds the rope.
# 1m2 B
@bars 8
@emotion sadness 0.6
He lets go.
"""


@pytest.fixture(scope="module")
def composed() -> Composition:
    plan = plan_source(TEXT, Path("a.score")).plan
    assert plan is not None
    return compose(plan, Models("cpu"), takes=2)


def test_phrases_fill_each_cue_and_themes_are_quoted_first(composed: Composition) -> None:
    first, second = (cue_json(cue) for cue in composed.cues)
    for cue in (first, second):
        assert [phrase["bar"] for phrase in cue["form"]][:1] == [1]
        assert sum(phrase["bars"] for phrase in cue["form"]) == cue["bars"]
        assert cue["form"][0] == {**cue["form"][0], "letter": "A", "how": "new"}
    assert first["motifs"][0] == {"name": "rope", "bar": 1, "bars": 2, "how": "quoted"}
    assert len(first["motifs"]) > 1
    assert second["motifs"] == []


def test_the_roll_has_the_letters(composed: Composition) -> None:
    texts = [
        text.text
        for text in ET.fromstring(svg_bytes(composed.score)).iter("{http://www.w3.org/2000/svg}text")
    ]
    letters = [phrase.name for cue in composed.score.cues for phrase in cue.form]
    assert letters
    assert set(letters) <= set(texts)
