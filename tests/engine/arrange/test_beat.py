"""A style that lives by its beat has one when it is lively, on every downbeat, and none when it is not."""

from dataclasses import replace

import pytest

from dsl.plan import CurvePoint, Key, Meter, Setting
from engine.arrange.arrange import arrange
from engine.arrange.beat import pattern
from engine.music.score import Score
from engine.music.styles import STYLES
from tests.engine.arrange.staging import cue_of, music_of, plain_take, plan_of

LIVELY = {
    "folk": (0.8, 0.5),
    "chiptune": (-0.4, 0.3),
    "epic": (0.6, 0.4),
    "noir": (0.3, 0.4),
    "guofeng": (0.8, 0.7),
}


def scored(
    style: str, emotion: tuple[float, float], meter: Meter | None = None, drums: bool = False, **cue: object
) -> Score:
    planned = cue_of(style=style, bars=8, meter=meter, **cue)
    take = plain_take(8, planned.meters[0].value, Key(9, "minor", "A"))
    if not drums:
        take = replace(take, roles={**take.roles, "drums": ()})
    return arrange(plan_of(planned), [music_of(planned, emotion=emotion, take=take)])


def drum_beats(score: Score) -> list[float]:
    return [note.start_beat for track in score.tracks if track.role == "drums" for note in track.notes]


@pytest.mark.parametrize(
    "meter", [Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(2, 4), Meter(5, 4), Meter(7, 8)]
)
@pytest.mark.parametrize("style", LIVELY)
def test_a_lively_cue_has_drums_on_every_downbeat_though_its_take_has_none(style: str, meter: Meter) -> None:
    beats = drum_beats(scored(style, LIVELY[style], meter))
    for bar in range(7):
        assert any(abs(beat - bar * meter.beats_per_bar) < 0.06 for beat in beats), bar
    assert all(beat < 8 * meter.beats_per_bar for beat in beats)


def test_a_take_whose_drums_miss_the_downbeat_gets_it() -> None:
    planned = cue_of(style="chiptune", bars=8)
    take = plain_take(8, Meter(), Key(9, "minor", "A"))
    late = tuple(note for note in take.roles["drums"] if note.start % 16)
    take = replace(take, roles={**take.roles, "drums": late})
    beats = drum_beats(arrange(plan_of(planned), [music_of(planned, emotion=(0.6, 0.6), take=take)]))
    assert all(any(abs(beat - 4 * bar) < 0.06 for beat in beats) for bar in range(7))


def test_tension_alone_brings_the_chips_noise_channel() -> None:
    tense = (CurvePoint(0.0, 0.9),)
    assert drum_beats(scored("chiptune", (-0.2, -0.4), tension=tense))
    assert not drum_beats(scored("chiptune", (-0.2, -0.4)))


@pytest.mark.parametrize("style", ["folk", "chiptune", "noir", "guofeng"])
def test_a_quiet_cue_has_none(style: str) -> None:
    assert not drum_beats(scored(style, (-0.5, -0.7)))


@pytest.mark.parametrize("style", ["piano", "strings", "musicbox", "ambient"])
def test_styles_without_drums_stay_without(style: str) -> None:
    assert not drum_beats(scored(style, (0.8, 0.9)))


def test_muted_and_open_music_is_left_alone() -> None:
    span = cue_of(bars=8)
    muted = (Setting(span.start_s, span.end_s, ("drums",)),)
    assert not drum_beats(scored("folk", LIVELY["folk"], muted=muted))
    assert not drum_beats(scored("folk", LIVELY["folk"], density=(CurvePoint(0.0, 0.05),)))


def test_bars_without_drums_go_on_with_the_takes_own_pattern() -> None:
    planned = cue_of(style="folk", bars=8)
    take = plain_take(8, Meter(), Key(9, "minor", "A"))
    first = tuple(note for note in take.roles["drums"] if note.start < 16)
    take = replace(take, roles={**take.roles, "drums": first})
    beats = drum_beats(arrange(plan_of(planned), [music_of(planned, emotion=LIVELY["folk"], take=take)]))
    here = [sorted(round(b - 4 * bar, 2) for b in beats if 0 <= b - 4 * bar < 4) for bar in (0, 3)]
    assert here[0] == here[1]


@pytest.mark.parametrize("style", ["folk", "epic"])
def test_a_pattern_fills_its_bar_and_no_more(style: str) -> None:
    for meter in (Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(12, 8), Meter(2, 2), Meter(3, 8), Meter(7, 8)):
        for dense in (False, True):
            strokes = pattern(STYLES[style], meter, dense, fill=True)
            assert min(beat for beat, _, _ in strokes) == 0.0
            assert all(0 <= beat < meter.beats_per_bar for beat, _, _ in strokes)
