"""The shipped weights, for truth: the story on the cliff becomes the sad piece that it asks for, and the
report is honest."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from dsl.plan import Plan
from dsl.score_file import load_plan, plan_source
from engine.composition import Composition
from engine.match.performed import performed_cue
from engine.match.ranking import judge
from engine.models import Models
from engine.pipeline import compose
from engine.render.midi import midi_bytes

CLIFF = Path(__file__).parents[2] / "scores" / "cliff.score"
LINE = "主人公站在悬崖边，望着远方的天空，心中充满了绝望。"


@pytest.fixture(scope="module")
def models() -> Models:
    return Models("cpu")


@pytest.fixture(scope="module")
def cliff(models: Models) -> Composition:
    plan = load_plan(CLIFF).plan
    assert plan is not None
    return compose(plan, models, takes=4)


def planned(text: str) -> Plan:
    loaded = plan_source(text, Path("a.score"))
    assert loaded.plan is not None, loaded.findings
    return loaded.plan


def test_the_line_on_the_cliff_is_negative_about_point_eight_because_of_despair(models: Models) -> None:
    (reading,) = models.text.read([LINE], explain=True)
    assert reading.polarity == "negative"
    assert reading.intensity == pytest.approx(0.8, abs=0.1)
    assert max(reading.keywords, key=lambda k: k.weight).word == "绝望"


def test_the_cliff_is_in_minor_and_slower_than_the_homecoming(cliff: Composition) -> None:
    first, second = cliff.cues
    assert "minor" in first.key
    assert first.heard.valence < second.heard.valence
    assert first.tempo_bpm < second.tempo_bpm


def test_the_match_is_measured_on_the_finished_notes(cliff: Composition, models: Models) -> None:
    for index, cue in enumerate(cliff.cues):
        again = judge(
            cliff.plan.cues[index], cliff.curves[index], performed_cue(cliff.score, index), models.recogniser
        )
        assert cue.match == pytest.approx(again.match)
        # Music that ends half way would be heard otherwise: the number depends on the notes.
        tracks = tuple(
            replace(t, notes=tuple(n for n in t.notes if n.start_s % 2 < 1 and n.pitch % 2))
            for t in cliff.score.tracks
        )
        other = replace(cliff.score, tracks=tracks)
        assert (
            judge(
                cliff.plan.cues[index], cliff.curves[index], performed_cue(other, index), models.recogniser
            ).heard
            != again.heard
        )


def test_the_same_seed_gives_the_same_bytes(cliff: Composition) -> None:
    again = compose(load_plan(CLIFF).plan, Models("cpu"), takes=4)  # type: ignore[arg-type]
    assert midi_bytes(again.score) == midi_bytes(cliff.score)


def test_the_number_of_threads_changes_no_note(cliff: Composition, models: Models) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        again = compose(cliff.plan, models, takes=4)
    finally:
        torch.set_num_threads(before)
    assert midi_bytes(again.score) == midi_bytes(cliff.score)


def test_a_take_is_the_same_however_many_are_made(models: Models) -> None:
    text = "seed: 5\n---\n# 1 A\n@take 2\n@emotion calm 0.7\n@bars 8\nThe lake at evening.\n"
    few, many = (compose(planned(text), models, takes=takes) for takes in (2, 6))
    assert midi_bytes(few.score) == midi_bytes(many.score)
    assert few.cues[0].take == 2


@pytest.mark.parametrize("style", ["piano", "strings", "guofeng", "chiptune"])
def test_asked_joy_and_asked_grief_are_heard_apart(style: str, models: Models) -> None:
    heard = {}
    for feeling in ("joy", "grief"):
        text = f"style: {style}\nseed: 11\n---\n# 1 A\n@bars 12\n@emotion {feeling} 0.9\nOne line.\n"
        heard[feeling] = compose(planned(text), models, takes=6).cues[0].heard
    assert heard["joy"].valence > heard["grief"].valence + 0.3
    assert heard["joy"].arousal > heard["grief"].arousal + 0.3
