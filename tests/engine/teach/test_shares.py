"""What a parameter carries is what changing it alone changes; what cannot be changed or heard is not told."""

import pytest

from dsl.vocabulary import STYLES
from engine.match.note_recogniser import NoteRecogniser
from engine.teach.parameters import PARAMETERS, neutral_of
from engine.teach.shares import heard_shares
from tests.engine.teach.made_scores import CLOSING, made_score

RECOGNISER = NoteRecogniser.load("debug")


def test_the_mode_carries_valence_and_is_told_with_its_sign() -> None:
    shares = heard_shares(made_score(CLOSING * 4), RECOGNISER)
    assert shares is not None
    mode = next(one for one in shares.parameters if one.name == "mode")
    assert mode.value == 1.0
    assert mode.effect is not None
    assert mode.effect.valence > 0.05
    assert shares.parameters[0].effect is not None


def test_shares_are_parts_of_one_whole_each_way() -> None:
    shares = heard_shares(made_score(CLOSING * 4, drums=8), RECOGNISER)
    assert shares is not None
    known = [one.share for one in shares.parameters if one.share is not None]
    assert sum(one.valence for one in known) == pytest.approx(1.0)
    assert sum(one.arousal for one in known) == pytest.approx(1.0)
    assert {one.name for one in shares.parameters} <= set(PARAMETERS)


def test_what_the_notes_do_not_allow_is_not_known_rather_than_nothing() -> None:
    shares = heard_shares(made_score([(0, "maj", 0, 4)] * 8), RECOGNISER)
    assert shares is not None
    dissonance = next(one for one in shares.parameters if one.name == "dissonance")
    assert dissonance.value < dissonance.neutral
    assert dissonance.effect is None
    assert dissonance.share is None


def test_one_note_is_not_explained() -> None:
    score = made_score([(0, "none", 0, 4)])
    one_note = score.tracks[0].notes[:1]
    from dataclasses import replace

    alone = replace(score, tracks=(replace(score.tracks[0], notes=one_note),))
    assert heard_shares(alone, RECOGNISER) is None
    assert heard_shares(replace(score, tracks=()), RECOGNISER) is None


def test_every_style_has_its_neutral_values() -> None:
    for style in STYLES:
        row = neutral_of(style)
        assert set(row) == set(PARAMETERS) - {"mode"}
        assert 46 <= row["tempo"] <= 168
        assert 40 < row["register"] < 90
    assert neutral_of("no such style") == neutral_of("piano")
