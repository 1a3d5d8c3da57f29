"""Emotions ask for the music that the literature and the ears say they ask for."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.diagnostics import Span
from dsl.plan import CurvePoint, EmotionSegment, Key, Meter, PlannedCue, Setting, TempoPoint, Transition
from dsl.vocabulary import EMOTIONS
from engine.music.mapping import (
    choose_key,
    intent_of,
    intents_for,
    keys_for,
    preferred_tempo,
    signature,
)

STYLES = ("piano", "strings", "orchestra", "epic")
unit = st.floats(-1, 1)


def point(name: str) -> tuple[float, float]:
    return EMOTIONS[name].valence, EMOTIONS[name].arousal


def cue_of(bars: int = 8, **changes: object) -> PlannedCue:
    end = bars * 4 * 60 / 80
    fields: dict[str, object] = {
        "id": "1m1",
        "title": "",
        "start_s": 0.0,
        "end_s": end,
        "span": Span(1, 1, 1, 2),
        "styles": (Setting(0.0, end, "strings"),),
        "meters": (Setting(0.0, end, Meter()),),
        "keys": (Setting(0.0, end, None),),
        "instruments": (Setting(0.0, end, ()),),
        "muted": (Setting(0.0, end, ()),),
        "tempo_range": (50.0, 160.0),
        "tempo_asked": False,
        "tempo_factor": 1.0,
        "tempo_map": (TempoPoint(0.0, 0.0, 80.0),),
        "bars": bars,
        "lines": (),
        "emotion": (EmotionSegment(0.0, end, "text"),),
        "events": (),
        "dynamics": (),
        "density": (),
        "tension": (),
        "register": (),
        "seed": 1,
        "take": None,
        "loop": False,
        "transition": Transition(),
        "freeze": None,
        "temp": None,
    }
    return PlannedCue(**{**fields, **changes})  # type: ignore[arg-type]


def test_despair_is_minor_slow_low_soft_and_legato() -> None:
    intent = intent_of(*point("despair"))
    assert 56 <= preferred_tempo(*point("despair")) <= 70
    assert intent.mode < -0.6
    assert intent.register < 0.4
    assert intent.dynamics < 0.45
    assert intent.articulation < 0.35


def test_joy_is_major_quick_and_bright() -> None:
    intent = intent_of(*point("joy"))
    assert 115 <= preferred_tempo(*point("joy")) <= 140
    assert intent.mode > 0.6
    assert intent.brightness > 0.6
    assert intent.articulation > 0.5


def test_rage_is_minor_quick_loud_dense_and_tense() -> None:
    intent = intent_of(*point("rage"))
    assert preferred_tempo(*point("rage")) > 112
    assert intent.mode < -0.6
    assert intent.dynamics > 0.75
    assert intent.density > 0.75
    assert intent.tension > intent_of(*point("joy")).tension + 0.3


def test_calm_is_major_slow_soft_and_sparse() -> None:
    intent = intent_of(*point("calm"))
    assert preferred_tempo(*point("calm")) < 70
    assert intent.mode > 0.4
    assert intent.dynamics < 0.45
    assert intent.density < 0.3


@given(unit, unit)
def test_every_entry_stays_in_its_range(valence: float, arousal: float) -> None:
    intent = intent_of(valence, arousal)
    assert -1 <= intent.mode <= 1
    assert 40 <= intent.tempo_bpm <= 170
    for name in (
        "tension",
        "density",
        "register",
        "harmonic_rhythm",
        "dynamics",
        "articulation",
        "brightness",
    ):
        assert 0 <= getattr(intent, name) <= 1


@given(unit, unit)
def test_more_arousal_is_never_slower_softer_or_thinner(valence: float, arousal: float) -> None:
    low, high = min(arousal, 0.8), min(arousal, 0.8) + 0.2
    calm, stirred = intent_of(valence, low), intent_of(valence, high)
    assert stirred.tempo_bpm >= calm.tempo_bpm - 1e-9
    assert stirred.density >= calm.density - 1e-9
    assert stirred.dynamics >= calm.dynamics - 1e-9


def test_directives_overrule_single_entries_and_leave_the_rest() -> None:
    plain = intents_for(cue_of(), lambda _: (-0.6, -0.4))
    asked = intents_for(
        cue_of(dynamics=(CurvePoint(0.0, 0.85),), density=(CurvePoint(0.0, 0.1),)), lambda _: (-0.6, -0.4)
    )
    assert all(intent.dynamics == 0.85 and intent.density == 0.1 for intent in asked)
    assert [i.mode for i in asked] == [i.mode for i in plain]
    assert [i.register for i in asked] == [i.register for i in plain]


def test_a_dynamics_ramp_is_followed_bar_by_bar() -> None:
    cue = cue_of(dynamics=(CurvePoint(0.0, 0.3), CurvePoint(24.0, 0.85)))
    values = [intent.dynamics for intent in intents_for(cue, lambda _: (0.0, 0.0))]
    assert values == sorted(values)
    assert values[0] < 0.35
    assert values[-1] > 0.8


def test_an_asked_key_decides_the_mode() -> None:
    cue = cue_of(keys=(Setting(0.0, 24.0, Key(0, "major", "C")),))
    keys = keys_for(cue, lambda _: (-0.8, -0.2), seed=1)
    assert set(keys) == {Key(0, "major", "C")}
    assert all(intent.mode > 0 for intent in intents_for(cue, lambda _: (-0.8, -0.2), keys))


@pytest.mark.parametrize("seed", range(12))
def test_the_next_cue_stays_near_by_fifths(seed: int) -> None:
    first = choose_key(-0.7, -0.3, seed)
    second = choose_key(0.6, 0.2, seed + 100, previous=first)
    assert first.mode == "minor"
    assert second.mode == "major"
    distance = abs(signature(first) - signature(second))
    assert min(distance, 12 - distance) <= 2


def test_a_long_turn_from_dark_to_bright_goes_to_the_relative_major() -> None:
    cue = cue_of(bars=16)
    keys = keys_for(cue, lambda t: (-0.7, 0.0) if t < 24.0 else (0.7, 0.3), seed=4)
    assert keys[0].mode == "minor"
    assert keys[-1].mode == "major"
    assert signature(keys[0]) == signature(keys[-1])
    assert sum(a != b for a, b in itertools.pairwise(keys)) == 1


def test_a_short_wobble_of_feeling_leaves_the_key_alone() -> None:
    cue = cue_of(bars=16)
    keys = keys_for(cue, lambda t: (0.5, 0.0) if 21.0 < t < 26.0 else (-0.5, 0.0), seed=4)
    assert len(set(keys)) == 1


def test_the_same_seed_gives_the_same_key() -> None:
    assert choose_key(-0.5, 0.0, 7) == choose_key(-0.5, 0.0, 7)
    assert len({choose_key(-0.5, 0.0, seed) for seed in range(40)}) > 4
