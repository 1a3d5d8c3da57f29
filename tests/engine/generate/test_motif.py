"""Motifs: their own harmony, their place, and that they are heard."""

import numpy as np
import pytest

from dsl.plan import Key, Meter
from engine.generate.grid import FIRST_PITCH, SPECS
from engine.generate.motif import encode_notes, motif_chords
from engine.generate.request import MotifPlacement, Request
from engine.generate.sampling import Generator
from engine.generate.weights import debug_networks
from engine.music.intent import Intent
from engine.music.theme_key import ThemeNote

CALM = Intent(0.2, -0.3, 0.4, 0.8, 0.4, 0.5, 0.4, 0.5, 0.3, 0.5, 84.0)


def theme(*pitches: int) -> tuple[ThemeNote, ...]:
    return tuple(ThemeNote(4 * i, 4, pitch, 80) for i, pitch in enumerate(pitches))


@pytest.fixture(scope="module")
def generator() -> Generator:
    return Generator.load("debug")


def test_a_written_motif_is_harmonised_by_what_it_plays() -> None:
    motif = MotifPlacement(0, "m", notes=theme(60, 64, 67, 64, 67, 71, 74, 71))
    chords = motif_chords(motif, 0, 0, False)
    assert chords[:, 0, 0].tolist() == [0, 7]


def test_its_harmony_is_relative_to_the_key() -> None:
    motif = MotifPlacement(0, "m", notes=theme(62, 66, 69, 66))
    assert motif_chords(motif, -2, 0, False)[0, 0].tolist() == [0, 0, 0]


def test_in_a_minor_key_it_opens_in_minor() -> None:
    assert motif_chords(MotifPlacement(0, "m", seed=3), 0, 0, True)[0, 0, 1] == 1


def test_the_motif_brings_its_harmony_into_the_take(generator: Generator) -> None:
    motif = MotifPlacement(2, "m", notes=theme(67, 71, 74, 71))
    request = Request(8, Meter(), Key(0, "major", "C"), "piano", (CALM,) * 8, 1, motifs=(motif,))
    take = generator.compose([request], [1])[0][0]
    under = [chord for chord in take.chords if chord.start <= 32 < chord.start + chord.steps]
    assert under[0].root == 7


def test_motifs_longer_than_four_bars_are_cut(generator: Generator) -> None:
    long = MotifPlacement(0, "m", notes=theme(*[60 + i % 12 for i in range(40)]))
    latent, tokens = encode_notes(debug_networks().codec, long, 0, 0, False)
    assert len(latent) == 4
    assert tokens[0, 0] == FIRST_PITCH + 60 - SPECS[0].low


def test_a_motif_changes_only_what_it_must(generator: Generator) -> None:
    """Without its motif the same take keeps its other phrases."""
    plain = Request(24, Meter(), Key(0, "major", "C"), "piano", (CALM,) * 24, 1)
    motif = MotifPlacement(17, "m", seed=4)
    themed = Request(24, Meter(), Key(0, "major", "C"), "piano", (CALM,) * 24, 1, motifs=(motif,))
    one, two = (generator.compose([request], [1])[0][0] for request in (plain, themed))
    before = [[n for n in take.roles["melody"] if n.start < 8 * 16] for take in (one, two)]
    assert before[0] == before[1]


def test_the_same_seed_is_the_same_theme_whatever_the_cue(generator: Generator) -> None:
    motif = MotifPlacement(0, "m", seed=4)
    cues = [
        Request(8, Meter(), Key(0, "major", "C"), style, (CALM,) * 8, seed, motifs=(motif,))
        for style, seed in (("piano", 1), ("epic", 2))
    ]
    points = [generator.motif_latent(cue, motif, 0) for cue in cues]
    assert np.array_equal(points[0].numpy(), points[1].numpy())
