"""The codec's own promises, on untrained networks: shapes, grid, independence of the batch."""

import numpy as np
import pytest
import torch

from engine.generate.codec import Codec
from engine.generate.config import CodecConfig
from engine.generate.grid import FIRST_PITCH, LINES, SPECS
from engine.generate.harmony_features import HarmonyFeatures, harmony_features
from engine.generate.line_codec import LineCodec
from engine.generate.set_codec import SetCodec

SMALL = CodecConfig((4, 4, 4, 4, 4), (12, 12, 12, 12, 12), 16, 8)
METERS = np.array([0, 1, 2])


@pytest.fixture(scope="module")
def codec() -> Codec:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Codec(SMALL).eval()


@pytest.fixture(scope="module")
def harmony() -> HarmonyFeatures:
    chords = np.zeros((3, 4, 3), np.int8)
    chords[1] = (-1, 11, 0)
    chords[2, :, 0] = 7
    return harmony_features(chords, METERS, np.array([False, True, False]))


@pytest.mark.parametrize("role", LINES)
def test_lines_decode_to_tokens_of_their_range_and_metre(
    codec: Codec, harmony: HarmonyFeatures, role: int
) -> None:
    part = codec.roles[role]
    assert isinstance(part, LineCodec)
    tokens = part.decode(torch.randn(3, 4), harmony, torch.zeros(3, dtype=torch.long))
    assert tokens.shape == (3, 16)
    assert int(tokens.max()) < FIRST_PITCH + SPECS[role].pitches
    assert not tokens[1:, 12:].any()


@pytest.mark.parametrize("role", [2, 4])
def test_sets_sound_wherever_they_start(codec: Codec, harmony: HarmonyFeatures, role: int) -> None:
    part = codec.roles[role]
    assert isinstance(part, SetCodec)
    onsets, sounds = part.decode(torch.randn(3, 4) * 5, harmony)
    assert (sounds | ~onsets).all()
    assert not onsets[1:, 12:].any()


def test_free_decoding_agrees_with_teaching_on_its_own_notes(codec: Codec, harmony: HarmonyFeatures) -> None:
    part = codec.roles[0]
    assert isinstance(part, LineCodec)
    latent, previous = torch.randn(3, 4), torch.tensor([0, 5, 44])
    tokens = part.decode(latent, harmony, previous)
    logits = part.teach(latent, harmony, previous, tokens, torch.zeros(3, 16, dtype=torch.bool))
    assert torch.equal(logits.argmax(-1)[0].to(torch.uint8), tokens[0])


def test_handicapped_pitch_classes_are_not_played(codec: Codec, harmony: HarmonyFeatures) -> None:
    part = codec.roles[0]
    assert isinstance(part, LineCodec)
    allowed = torch.zeros(3, 16, 12)
    allowed[..., ::2] = -1e4
    tokens = part.decode(torch.randn(3, 4), harmony, torch.zeros(3, dtype=torch.long), allowed).long()
    played = tokens[tokens >= FIRST_PITCH] - FIRST_PITCH + part.spec.low
    assert len(played)
    assert (played % 2 == 1).all()


def test_the_same_latent_follows_the_harmony(codec: Codec) -> None:
    """What the decoder plays depends on the chords it is given."""
    chords = np.zeros((2, 4, 3), np.int8)
    chords[1, :, :] = (7, 0, 7)
    harmony = harmony_features(chords, np.zeros(2, np.int64), np.zeros(2, bool))
    part = codec.roles[0]
    assert isinstance(part, LineCodec)
    latent = torch.ones(2, 4)
    tokens = torch.full((2, 16), 10)
    logits = part.teach(latent, harmony, torch.zeros(2).long(), tokens, torch.zeros(2, 16).bool())
    assert not torch.allclose(logits[0], logits[1])


def test_sketches_are_differentiable_and_silent_for_absent_roles(
    codec: Codec, harmony: HarmonyFeatures
) -> None:
    latent = torch.randn(3, SMALL.total, requires_grad=True)
    present = torch.ones(3, 5)
    present[:, 1] = 0
    sketch = codec.sketch(latent, harmony.bar, present)
    assert sketch.shape == (3, 5, codec.config.looks)
    assert not sketch[:, 1].any()
    sketch[:, 0].sum().backward()
    assert latent.grad is not None
    assert latent.grad[:, :4].abs().sum() > 0
