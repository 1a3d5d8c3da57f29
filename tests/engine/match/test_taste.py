"""Taste at work on takes: what is liked is chosen, the match never falls by more than the margin, and who
has no taste hears what everybody hears."""

from pathlib import Path

import pytest

from dsl.score_file import plan_source
from engine.composition import Composition
from engine.models import Models
from engine.pipeline import compose
from engine.render.midi import midi_bytes
from engine.taste.model import NO_TASTE, Taste, learnt_from
from engine.taste.order import MARGIN
from engine.taste.traits import TRAITS
from tests.engine.taste.choosing import NAMES, choices_by

SOURCE = """style: folk
seed: 5
---
# a One
@emotion calm 0.7
The road went on.
# b Two
@emotion grief 0.7
Nobody came.
"""


def taste_for(trait: str, weight: float) -> Taste:
    return learnt_from(choices_by({trait: weight}, 20, noise=0.1))


def composed(taste: Taste | None, models: Models | None = None, source: str = SOURCE) -> Composition:
    plan = plan_source(source, Path("x.score")).plan
    assert plan is not None
    return compose(plan, models or Models("cpu", "debug"), 6, taste=taste)


@pytest.fixture(scope="module")
def plain() -> Composition:
    return composed(None)


@pytest.fixture(scope="module")
def tasted() -> dict[float, Composition]:
    """By what a busy take is worth to somebody."""
    return {weight: composed(taste_for("activity", weight)) for weight in (-4.0, 4.0)}


def test_a_taste_that_knows_nothing_changes_no_note_and_takes_are_measured(plain: Composition) -> None:
    untaught = composed(NO_TASTE)
    assert midi_bytes(plain.score) == midi_bytes(untaught.score)
    assert all(cue.offer is None for cue in plain.composed)
    for cue in untaught.composed:
        assert cue.offer is not None
        assert sorted(cue.offer.numbers) == list(range(1, 7))
        assert (cue.offer.style, cue.offer.learnt) == ("folk", 0)
        assert all(len(take.traits) == len(TRAITS) and take.image for take in cue.offer.takes)


def test_what_is_liked_is_chosen_and_the_match_never_falls_by_more_than_the_margin(
    plain: Composition, tasted: dict[float, Composition]
) -> None:
    place, chosen = NAMES.index("activity"), {}
    for weight, made in tasted.items():
        values = []
        for before, cue in zip(plain.composed, made.composed, strict=True):
            assert cue.offer is not None
            values.append(cue.offer.takes[cue.offer.numbers.index(cue.report.take)].traits[place])
            # Of takes heard beside the same neighbours; on the score the next cue may be another.
            best = max(match for _, match in (*before.take_matches, *cue.take_matches))
            assert dict(cue.take_matches)[cue.report.take] >= best - MARGIN - 0.02
        chosen[weight] = sum(values)
    assert chosen[4.0] > chosen[-4.0]


def test_an_unaltered_cue_keeps_its_take_whatever_is_learnt_meanwhile() -> None:
    models = Models("cpu", "debug")
    first = composed(taste_for("activity", -4.0), models)
    again = composed(taste_for("activity", 4.0), models, SOURCE + "And nobody did.\n")
    assert first.cues[0].take == again.cues[0].take
    offer = again.composed[0].offer
    assert offer is not None
    assert offer.learnt == 20
