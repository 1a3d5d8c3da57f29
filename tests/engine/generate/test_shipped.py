"""The shipped weights keep what the product promises; small batches, no training data needed."""

from dataclasses import replace

import numpy as np
import pytest

from dsl.plan import Key, Meter
from engine.generate.request import MotifPlacement, Request
from engine.generate.sampling import Generator
from engine.generate.weights import FOLDER
from engine.music.intent import Intent

CALM = Intent(0.2, -0.3, 0.4, 0.8, 0.5, 0.5, 0.4, 0.5, 0.3, 0.5, 84.0)


@pytest.fixture(scope="module")
def generator() -> Generator:
    return Generator.load()


def ask(style: str = "piano", bars: int = 8, seed: int = 1, mode: str = "major", **intent: float) -> Request:
    asked = replace(CALM, **intent)
    return Request(bars, Meter(4, 4), Key(0, mode, "C"), style, (asked,) * bars, seed)  # type: ignore[arg-type]


def notes_a_bar(request: Request, generator: Generator) -> float:
    takes = generator.compose([request], range(1, 7))[0]
    pitched = [n for t in takes for role, notes in t.roles.items() if role != "drums" for n in notes]
    return len(pitched) / len(takes) / request.bars


def test_weights_stay_below_thirty_megabytes() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 30e6


def test_more_density_means_more_notes(generator: Generator) -> None:
    counts = [notes_a_bar(ask(density=density), generator) for density in (0.1, 0.5, 0.9)]
    assert counts[0] < 0.8 * counts[1] < 0.8 * counts[2]


def test_a_higher_register_means_higher_notes(generator: Generator) -> None:
    means = []
    for register in (0.1, 0.9):
        takes = generator.compose([ask(register=register)], range(1, 7))[0]
        means.append(np.mean([n.pitch for t in takes for n in t.roles["melody"]]))
    assert means[1] > means[0] + 3


@pytest.mark.parametrize("style", ["piano", "strings", "guofeng", "chiptune", "epic", "a style of one's own"])
def test_no_bar_is_dead(generator: Generator, style: str) -> None:
    for take in generator.compose([ask(style, bars=16)], range(1, 4))[0]:
        sounding = np.zeros(16 * 16, bool)
        for role, notes in take.roles.items():
            for note in notes if role != "drums" else ():
                sounding[note.start : note.start + note.steps] = True
        assert sounding.reshape(16, 16).any(1).all()


def test_melodies_sing_more_than_they_jump(generator: Generator) -> None:
    requests = [ask(seed=seed, mode=mode) for seed in range(8) for mode in ("major", "minor")]
    leaps = []
    for takes in generator.compose(requests, [1, 2]):
        for take in takes:
            leaps += np.abs(np.diff([n.pitch for n in take.roles["melody"]])).tolist()
    assert np.mean(leaps) < 3.6


def test_a_written_theme_comes_back_recognisably(generator: Generator) -> None:
    from engine.generate.request import GridNote

    line = (67, 69, 71, 72, 74, 72, 71, 67)
    theme = tuple(GridNote(4 * i, 4, pitch, 80) for i, pitch in enumerate(line))
    request = replace(ask("strings"), motifs=(MotifPlacement(2, "m", notes=theme),))
    like = []
    for take in generator.compose([request], range(1, 5))[0]:
        heard = {n.start - 32: n.pitch for n in take.roles["melody"] if 32 <= n.start < 64}
        like.append(np.mean([heard.get(4 * i) == pitch for i, pitch in enumerate(line)]))
    assert np.mean(like) >= 0.5


def test_take_and_seed_alone_decide_a_take(generator: Generator) -> None:
    alone = generator.compose([ask()], [2])[0][0]
    among = generator.compose([ask("epic", 24, 9), ask()], [1, 2, 3])[1][1]
    assert alone == among


def test_a_take_is_the_same_bits_beside_any_others(generator: Generator) -> None:
    requests = [ask(style, bars=4 + 3 * at, seed=at) for at, style in enumerate(("piano", "epic", "guofeng"))]
    whole = generator.compose(requests, range(1, 4))
    for order, takes in (([2], [3]), ([1, 0], [2, 1]), ([2, 0, 1], [3, 2, 1])):
        for place, own in zip(order, generator.compose([requests[at] for at in order], takes), strict=True):
            assert own == [whole[place][take - 1] for take in takes]
