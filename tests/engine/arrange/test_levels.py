"""Loudness tells the story: it grows towards a hit, from a calm cue to a stirred one, with asked tension,
and is the same thing in every style.
"""

from collections.abc import Callable

import numpy as np
import pytest

from dsl.plan import CurvePoint, PlannedCue
from engine.arrange.arrange import arrange
from engine.arrange.dynamics import rise
from engine.music.score import Score
from engine.render.mastering import measure
from engine.render.synthesis import synthesise
from engine.render.synthesiser import choose_synthesiser
from tests.engine.arrange.staging import cue_of, hit, music_of, plan_of

MILD = (-0.2, 0.0)


def scored(cue: PlannedCue, emotion: tuple[float, float] = MILD) -> Score:
    return arrange(plan_of(cue), [music_of(cue, emotion=emotion)])


def level(score: Score, start_s: float, end_s: float) -> float:
    """Mean velocity of what begins in a stretch."""
    return float(
        np.mean(
            [
                n.velocity
                for t in score.tracks
                for n in t.notes
                if start_s <= n.start_s < end_s and not t.is_drum
            ]
        )
    )


@pytest.mark.parametrize("style", ["piano", "strings", "orchestra", "chiptune", "epic"])
def test_the_level_grows_towards_a_hit(style: str) -> None:
    plain, struck = (
        scored(cue_of(style=style, bpm=90)),
        scored(cue_of(style=style, bpm=90, events=(hit(14.0),))),
    )
    gained = [level(struck, s, s + 2.0) - level(plain, s, s + 2.0) for s in (4.0, 7.5, 9.5, 11.8)]
    assert abs(gained[0]) < 1.5
    assert gained[1] < gained[2] < gained[3]
    assert gained[3] > 10


@pytest.mark.parametrize("style", ["piano", "strings", "orchestra", "epic"])
def test_the_loudest_music_grows_towards_a_hit_too_and_keeps_its_accents(style: str) -> None:
    score = scored(
        cue_of(style=style, bpm=90, events=(hit(14.0),), tension=(CurvePoint(0.0, 1.0),)), (-0.8, 1.0)
    )
    assert level(score, 12.0, 13.8) - level(score, 8.2, 10.2) > 8
    loudest = [n.velocity for t in score.tracks if t.role == "melody" for n in t.notes if n.start_s < 13.8]
    assert max(loudest) < 127
    assert len(set(loudest)) > 4


def test_between_near_hits_each_has_its_own_way() -> None:
    times = np.array([0.0, 3.9, 4.1, 5.9, 8.0])
    levels = rise(times, [4.0, 6.0], 0.0)
    assert levels[1] > 15
    assert levels[2] < 2
    assert levels[3] > 15
    assert levels[4] == 0


def test_a_hit_at_once_has_no_way_to_grow_on() -> None:
    assert not rise(np.array([0.0, 0.3]), [0.5], 0.0).any()


@pytest.mark.parametrize("style", ["piano", "strings", "folk"])
def test_a_stirred_cue_is_played_clearly_louder_than_a_calm_one(style: str) -> None:
    calm, stirred = scored(cue_of(style=style), (-0.2, -0.3)), scored(cue_of(style=style), (-0.2, 0.3))
    assert level(stirred, 0, 20) - level(calm, 0, 20) > 30


def test_asked_tension_is_heard_in_the_level() -> None:
    tense, slack = (
        scored(cue_of(style="piano", tension=(CurvePoint(0.0, value),))) for value in (0.95, 0.05)
    )
    assert level(tense, 0, 20) - level(slack, 0, 20) > 10


@pytest.fixture(scope="module")
def loudness() -> Callable[[Score], float]:
    """Loudness of a score's sound in dB, before mastering."""
    synthesiser = choose_synthesiser(None)

    def of(score: Score) -> float:
        sound = synthesise(score, synthesiser, separate=False, workers=1)
        return float(10 * np.log10(np.mean(measure(sound.mix, sound.rate).hops) + 1e-12))

    return of


def test_the_same_feeling_is_about_as_loud_in_every_style(loudness: Callable[[Score], float]) -> None:
    heard = [
        loudness(scored(cue_of(style=style, bars=4)))
        for style in ("piano", "strings", "folk", "noir", "epic")
    ]
    assert max(heard) - min(heard) < 7.0


def test_arousal_is_heard_in_the_sound(loudness: Callable[[Score], float]) -> None:
    calm, stirred = (loudness(scored(cue_of(style="strings", bars=4), (-0.2, a))) for a in (-0.3, 0.3))
    # By midirenderer 7.4 dB, by FluidSynth 6.8: synthesisers answer to velocity by curves of their own.
    assert stirred - calm > 6.0
