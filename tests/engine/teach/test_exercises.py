"""Ear training: pairs differ in the one thing that is asked for, and the answer is what is in the notes."""

import itertools
from dataclasses import replace

import pytest

from engine.teach.exercises import EAR_KINDS, EAR_LEVELS, EarKind, EarLevel, choices_for, exercise_of
from engine.teach.parameters import PARAMETERS, measured
from tests.engine.teach.made_scores import CLOSING, made_score, note
from tui.cli import ear

SEVENTHS = [*CLOSING[:6], (7, "7", 7, 9), CLOSING[7]]
TUNE = tuple(note(72 + p, k, 1.0) for k, p in enumerate((0, 2, 4, 5, 7, 9, 7, 4, 5, 2, 0, 2, 4, 7, 2, 0)))
SCORE = made_score(SEVENTHS)
SCORE = replace(SCORE, tracks=(replace(SCORE.tracks[0], notes=TUNE), *SCORE.tracks[1:]))


@pytest.mark.parametrize(("kind", "level"), list(itertools.product(EAR_KINDS, EAR_LEVELS)))
def test_every_kind_at_every_level_makes_a_pair_that_differs(kind: EarKind, level: EarLevel) -> None:
    found = [exercise_of(SCORE, kind, level, seed) for seed in range(6)]
    made = [one for one in found if one is not None]
    assert made
    for one in made:
        assert one.kind == kind
        assert one.first != one.second
        assert one.more in (1, 2)
        assert (one.cue, one.bar >= 1) == ("1", True)


@pytest.mark.parametrize("kind", [kind for kind in EAR_KINDS if kind in PARAMETERS])
def test_the_answer_is_what_is_in_the_notes(kind: EarKind) -> None:
    answers = set()
    for seed in range(12):
        one = exercise_of(SCORE, kind, "beginner", seed)
        if one is None:
            continue
        first, second = measured(one.first)[kind], measured(one.second)[kind]  # type: ignore[index]
        assert (first > second) == (one.more == 1), seed
        answers.add(one.more)
    assert answers == {1, 2}  # nobody learns that it is always the second


def test_differences_become_smaller_with_the_level() -> None:
    def apart(level: EarLevel) -> float:
        one = exercise_of(SCORE, "tempo", level, 5)
        assert one is not None
        a, b = measured(one.first)["tempo"], measured(one.second)["tempo"]
        return max(a, b) / min(a, b)

    assert apart("beginner") > apart("intermediate") > apart("advanced") > 1.05


def test_the_same_seed_gives_the_same_pair() -> None:
    assert exercise_of(SCORE, "density", "beginner", 4) == exercise_of(SCORE, "density", "beginner", 4)


def test_one_short_dissonance_in_four_bars_is_no_exercise() -> None:
    plain = made_score(CLOSING)
    tune = replace(plain.tracks[0], notes=(*plain.tracks[0].notes, note(74, 0.0, 3.0)))
    hardly = replace(plain, tracks=(tune, *plain.tracks[1:]))
    assert 0.03 < measured(hardly)["dissonance"] < 0.06
    assert exercise_of(hardly, "dissonance", "beginner", 1) is None


def test_of_silence_and_of_one_note_nothing_is_asked() -> None:
    one = replace(SCORE.tracks[0], notes=SCORE.tracks[0].notes[:1])
    for kind in EAR_KINDS:
        assert exercise_of(replace(SCORE, tracks=()), kind, "beginner", 1) is None
        assert exercise_of(replace(SCORE, tracks=(one,)), kind, "beginner", 1) is None


def test_the_right_kind_is_among_the_choices() -> None:
    for kind, seed in itertools.product(EAR_KINDS, range(5)):
        assert kind in choices_for(kind, "beginner", EAR_KINDS, seed)
        assert len(choices_for(kind, "intermediate", EAR_KINDS, seed)) == 4
        assert choices_for(kind, "advanced", EAR_KINDS, seed) == EAR_KINDS


def test_the_command_offers_all_kinds_and_levels() -> None:
    assert (ear.KINDS, ear.LEVELS) == (EAR_KINDS, EAR_LEVELS)
