"""Styles: what the generator is told of them, how far they reach, what they never do."""

from dataclasses import replace

import numpy as np
import pytest

from dsl.plan import ROLES, Key, Meter
from engine.generate.request import Request
from engine.generate.sampling import Generator
from engine.generate.score_plan import FEW_DRUMS, asked_percentiles, style_condition
from engine.music.intent import Intent
from engine.music.styles import STYLES

PLAIN = Intent(0.0, 0.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 90.0)


@pytest.fixture(scope="module")
def generator() -> Generator:
    return Generator.load()


def ask(style: str, seed: int, **changes: float) -> Request:
    intent = replace(PLAIN, **changes)
    return Request(8, Meter(4, 4), Key(0, "major", "C"), style, (intent,) * 8, seed)


def test_a_style_is_told_by_its_name_and_where_a_phrase_is_from(generator: Generator) -> None:
    networks = generator.networks
    for shape in networks.shapes.style[::50]:
        condition = style_condition(networks, "noir", shape)
        assert condition[networks.config.gan.sources.index("noir")] in (0.5, 1.0)
        assert condition.sum() == pytest.approx(1.0, abs=1e-3)


def test_a_style_nobody_taught_is_told_as_the_phrase_itself(generator: Generator) -> None:
    shape = generator.networks.shapes.style[3]
    assert style_condition(generator.networks, "polka", shape) is shape


@pytest.mark.parametrize("style", STYLES)
def test_asked_values_keep_their_order_inside_a_styles_ranges(style: str) -> None:
    levels = [replace(PLAIN, density=x, register=x) for x in (0.0, 0.5, 1.0)]
    asked = asked_percentiles(tuple(levels), style)
    assert (np.diff(asked[:, :2], axis=0) > 0).all()
    for name, (low, high) in STYLES[style].ranges.items():
        column = asked[:, ("density", "register").index(name)]
        assert column[0] == pytest.approx(low)
        assert column[-1] == pytest.approx(high)


@pytest.mark.parametrize("style", ["musicbox", "chiptune", "epic"])
def test_drums_play_through_or_not_at_all(generator: Generator, style: str) -> None:
    for (take,) in generator.compose([ask(style, seed, density=0.7) for seed in range(8)], [1]):
        bars = {note.start // 16 for note in take.roles["drums"]}
        assert not bars or len(bars) >= FEW_DRUMS * 8 - 1


def test_the_same_intent_sounds_different_in_every_style(generator: Generator) -> None:
    styles = ("strings", "chiptune", "ambient", "guofeng")
    takes = [own[0] for own in generator.compose([ask(style, 4) for style in styles], [1])]
    lines = [tuple((n.start, n.pitch) for role in ROLES for n in take.roles[role]) for take in takes]
    assert len(set(lines)) == len(styles)


def test_guidance_moves_a_take_and_its_absence_leaves_it_as_learnt(generator: Generator) -> None:
    networks = generator.networks
    plain, driven = (
        Generator(
            replace(networks, config=replace(networks.config, guidance=amount)), generator.harmony
        ).compose([ask("orchestra", 2)], [1])[0][0]
        for amount in (1.0, 3.0)
    )
    assert plain.chords == driven.chords
    assert plain.latent != driven.latent
