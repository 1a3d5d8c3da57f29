"""Turned takes: variations by number alone, still the take, still where latents are at home."""

import numpy as np
import pytest
import torch

from dsl.limits import MOST_TURNS
from engine.generate.sampling import Generator
from engine.generate.turned import ANGLE, base_of, direction_of, directions, turned, turned_number
from engine.taste.image import image_of
from tests.engine.generate.test_shipped import ask


@pytest.mark.parametrize("base", [1, 7, 999, 1000])
@pytest.mark.parametrize("direction", [1, 56, MOST_TURNS])
def test_a_number_says_which_take_and_which_direction(base: int, direction: int) -> None:
    number = turned_number(base, direction)
    assert (base_of(number), direction_of(number)) == (base, direction)
    assert (base_of(base), direction_of(base)) == (base, 0)


def test_a_turn_keeps_every_bar_as_far_from_the_middle_and_silent_roles_silent() -> None:
    latent = torch.randn(8, 60, generator=torch.Generator().manual_seed(1))
    latent[:, 40:] = 0.0
    moved = turned(latent, turned_number(3, 17))
    assert torch.allclose(moved.norm(dim=1), latent.norm(dim=1), atol=1e-4)
    assert bool((moved[:, 40:] == 0).all())
    cosine = (moved * latent).sum(1) / latent.norm(dim=1) ** 2
    assert float(cosine.min()) > np.cos(2 * ANGLE)


def test_a_turn_moves_the_image_to_where_it_is_said_to_go() -> None:
    latent = torch.randn(8, 60, generator=torch.Generator().manual_seed(2))
    before = np.array(image_of([latent.numpy().tobytes()], 60))
    for direction in (1, 100, 256):
        after = np.array(image_of([turned(latent, turned_number(1, direction)).numpy().tobytes()], 60))
        assert (after - before) @ directions()[direction - 1] > 0.5 * np.linalg.norm(after - before)


def test_a_turned_take_is_a_variation_that_anybody_makes_again() -> None:
    generator = Generator.load("debug")
    request = ask(bars=6)
    number = turned_number(2, 30)
    ((plain, moved),) = generator.compose([request], (2, number))
    ((again,),) = generator.compose([request], (number,))
    assert again == moved
    assert moved.number == number
    assert moved.chords == plain.chords
    assert moved.roles != plain.roles
    assert [p.letter for p in moved.form] == [p.letter for p in plain.form]
