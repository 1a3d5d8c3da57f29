"""Figures of what the outside judge hears."""

import numpy as np

from engine.train.outside_opinions import agreement


def test_a_judge_who_calls_everything_lively_still_tells_the_order() -> None:
    asked = [0, 1, 2, 3]
    lively = np.array([0.95, 0.9, 0.7, 0.6])
    said = np.stack([lively * 0.5, lively * 0.5, (1 - lively) * 0.5, (1 - lively) * 0.5], axis=1)
    said[:, 1] += 0.01
    found = agreement(asked, said)
    assert found["arousal"] == 0.5
    assert found["arousal AUC"] == 1.0


def test_opinions_that_have_nothing_to_do_with_what_was_asked_are_chance() -> None:
    rng = np.random.default_rng(1)
    said = rng.dirichlet(np.ones(4), size=4000)
    found = agreement(list(rng.integers(4, size=4000)), said)
    assert abs(found["valence AUC"] - 0.5) < 0.03
    assert abs(found["arousal AUC"] - 0.5) < 0.03
