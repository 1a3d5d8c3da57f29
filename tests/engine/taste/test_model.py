"""What is learnt from choices: what was liked, where, and nothing from who chooses at random."""

from dataclasses import replace

import numpy as np

from engine.taste.choices import OfferedTake, TasteChoice
from engine.taste.model import NO_TASTE, learnt_from, terms_of
from engine.taste.words import leanings
from tests.engine.taste.choosing import NAMES, choices_by, some_takes


def test_what_was_liked_is_liked_in_takes_never_heard() -> None:
    taste = learnt_from(choices_by({"melody_density": -1.5, "chord_register": -1.0}, 30))
    takes = some_takes(200, np.random.default_rng(9))
    liking = taste.liking(np.array([terms_of(take, "piano", 0.0, 0.0) for take in takes]))
    hidden = [
        -1.5 * t.traits[NAMES.index("melody_density")] - t.traits[NAMES.index("chord_register")]
        for t in takes
    ]
    assert np.corrcoef(liking, hidden)[0, 1] > 0.7


def test_a_liking_that_turns_with_the_feeling_is_found_where_it_holds() -> None:
    sad, happy = (-0.6, -0.5), (0.6, 0.6)
    made = choices_by({"harmonic_motion": -2.0}, 30, 1, [sad]) + choices_by(
        {"harmonic_motion": 2.0}, 30, 2, [happy]
    )
    found = {(one.trait, one.feeling): one for one in leanings(learnt_from(made), made)}
    assert found["harmonic_motion", "sad"].effect < 0 < found["harmonic_motion", "happy"].effect
    assert found["harmonic_motion", "sad"].words() == "in sad cues: slower harmony"
    assert found["harmonic_motion", "sad"].words("zh") == "悲伤的段落里：和声变化更慢"


def test_of_somebody_who_chooses_at_random_hardly_anything_is_said() -> None:
    said = [
        len(leanings(learnt_from(made), made)) for seed in range(6) for made in [choices_by({}, 25, seed)]
    ]
    assert sum(said) <= 3
    assert np.mean([learnt_from(choices_by({}, 25, seed)).is_any for seed in range(6)]) < 0.6


def test_what_only_goes_together_with_what_is_liked_is_not_said() -> None:
    for seed in range(4):
        made = choices_by({"leaps": -1.2}, 20, seed)
        said = leanings(learnt_from(made), made)
        assert said[0].trait == "leaps"
        assert len(said) <= 4


def test_of_somebody_who_attends_to_one_thing_that_one_is_learnt_before_the_others() -> None:
    """Few traits matter to anybody; the others are not held to matter a little each."""
    taste = learnt_from(choices_by({"leaps": -1.2}, 20))
    weights = np.abs(taste.weights[: len(NAMES)])
    leaps = NAMES.index("leaps")
    assert weights[leaps] > 4 * np.delete(weights, leaps).mean()


def test_more_choices_make_it_surer() -> None:
    weights = {"leaps": -1.2}
    few, many = (choices_by(weights, count, 3) for count in (8, 60))
    sure = [
        next((one.sure for one in leanings(learnt_from(made), made, 0.5) if one.trait == "leaps"), 0.5)
        for made in (few, many)
    ]
    assert sure[0] < sure[1]
    assert sure[1] > 0.97


def test_the_order_and_the_times_of_choices_decide_nothing() -> None:
    made = choices_by({"loudness": 1.0}, 12)
    backwards = [replace(choice, t_s=-choice.t_s) for choice in reversed(made)]
    assert np.allclose(learnt_from(made).weights, learnt_from(backwards).weights, atol=1e-6)


def test_a_choice_with_nothing_beside_it_teaches_nothing() -> None:
    take = some_takes(1, np.random.default_rng(0))
    alone = TasteChoice("kept", "piano", 0.0, 0.0, tuple(take), 0)
    assert learnt_from([alone]) is NO_TASTE
    assert learnt_from([]) is NO_TASTE


def test_what_was_not_heard_is_not_held_to_be_disliked() -> None:
    made = [
        replace(
            choice,
            offered=tuple(replace(take, heard=n == choice.chosen) for n, take in enumerate(choice.offered)),
        )
        for choice in choices_by({"legato": 2.0}, 20)
    ]
    assert learnt_from(made) is NO_TASTE


def test_who_asks_for_other_takes_dislikes_those_that_were_heard() -> None:
    rng = np.random.default_rng(4)
    made = []
    for _ in range(60):
        takes = some_takes(8, rng)
        column = NAMES.index("drums")
        takes.sort(key=lambda take: -take.traits[column])  # the loudly drummed ones are heard, and left
        offered = tuple(replace(take, heard=n < 4) for n, take in enumerate(takes))
        made.append(TasteChoice("more", "folk", 0.2, 0.1, offered, None))
    taste = learnt_from(made)
    quiet, loud = (OfferedTake(tuple(sign * (name == "drums") for name in NAMES)) for sign in (-1.0, 1.0))
    terms = np.array([terms_of(take, "folk", 0.2, 0.1) for take in (quiet, loud)])
    assert taste.liking(terms)[0] > taste.liking(terms)[1]


def test_drawn_likings_are_spread_as_the_variance_says() -> None:
    taste = learnt_from(choices_by({"legato": 1.0}, 10))
    terms = np.array([terms_of(take, "piano", 0.1, 0.1) for take in some_takes(3, np.random.default_rng(1))])
    rng = np.random.default_rng(5)
    draws = np.array([taste.drawn(terms, rng) for _ in range(3000)])
    assert np.allclose(draws.var(axis=0), taste.variance(terms), rtol=0.2)
    assert np.allclose(draws.mean(axis=0), taste.liking(terms), atol=0.15)
