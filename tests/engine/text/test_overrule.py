"""A writer's own readings win over the text model, for the music too, and change nothing else."""

from pathlib import Path

import pytest

from dsl.check import check_source
from dsl.plan import Plan
from dsl.planner import plan_document
from engine.models import Models
from engine.music.mapping import cue_emotion
from engine.pipeline import analyse, compose, curves_of
from engine.text.analyze import TextModel
from engine.text.overrule import readings_of
from engine.text.reading import Reading
from engine.text.script import script_sentences

STORY = """# 1 A
They laughed all night. She went home, happy and free. Nobody asked.
# 2 B
The dog came first, then the children.
"""
OWN = '@feel "She went home, happy and free." despair 0.9\n'


def plan_of(text: str) -> Plan:
    return plan_document(check_source(text).document, Path("."))


@pytest.fixture(scope="module")
def model() -> TextModel:
    return TextModel.load("debug")


@pytest.fixture(scope="module")
def models() -> Models:
    return Models("cpu", "debug")


def read(model: TextModel, text: str, explain: bool = False) -> list[Reading]:
    return readings_of(model, script_sentences(plan_of(text)), explain=explain)


def test_a_line_is_read_as_the_writer_says_and_its_neighbours_as_before(model: TextModel) -> None:
    before, after = read(model, STORY), read(model, OWN + STORY)
    changed = after[1]
    assert (changed.valence, changed.arousal) == pytest.approx((-0.72, -0.09))
    assert changed.polarity == "negative"
    assert changed.signed_intensity < -0.5
    assert changed.intensity == -changed.signed_intensity
    assert (changed.emotions["despair"], changed.emotions["joy"]) == (0.9, 0.0)
    assert changed.confidence == 1.0
    assert [one.words for one in changed.own] == ["She went home, happy and free."]
    assert [r for n, r in enumerate(after) if n != 1] == [r for n, r in enumerate(before) if n != 1]


def test_the_writers_words_are_those_that_decided(model: TextModel) -> None:
    (first, second, *_) = read(model, '@feel "all night" dread\n' + STORY, explain=True)
    assert [(k.word, k.polarity, k.weight) for k in first.keywords] == [("all night", "negative", 1.0)]
    assert second.keywords
    assert not second.own


def test_a_reading_of_a_whole_line_holds_for_each_of_its_sentences(model: TextModel) -> None:
    line = STORY.splitlines()[1]
    readings = read(model, f'@feel "{line}" calm 0.5\n' + STORY)
    assert [bool(one.own) for one in readings] == [True, True, True, False]


def test_the_match_target_of_its_cue_moves_and_that_of_the_others_does_not(models: Models) -> None:
    def targets(text: str) -> list[tuple[float, float]]:
        plan = plan_of(text)
        curves = curves_of(plan, analyse(plan, models))
        return [cue_emotion(cue, curve.at) for cue, curve in zip(plan.cues, curves, strict=True)]

    before, after = targets(STORY), targets(OWN + STORY)
    assert abs(after[0][0] - before[0][0]) > 0.05
    assert after[1] == before[1]


def test_a_reading_of_words_that_are_not_there_leaves_every_note(models: Models) -> None:
    def notes(text: str) -> list[tuple[str, float, int]]:
        tracks = compose(plan_of(text), models, takes=1, recipe=None).score.tracks
        return [(track.name, note.start_s, note.pitch) for track in tracks for note in track.notes]

    assert notes(STORY) == notes('@feel "elsewhere" despair 0.9\n' + STORY) != []
