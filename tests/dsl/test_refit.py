"""A plan refitted to the tempo that suits its music: bars move, times and hits stay."""

import pytest

from dsl.planner import refit
from dsl.timing import beat_at_time
from tests.dsl.test_planner import SHE, ZH, is_sound, planned


def test_refit_brings_the_tempo_and_leaves_time_and_hits_where_they_were() -> None:
    plan = planned(f"# A\n{SHE}{{hit}}\n{SHE}\n{ZH}\n# B\n@tempo 60..84\n{SHE}\n# C\n@tempo 100\n{SHE}\n")
    fitted = refit(plan, {0: 132.0, 1: 132.0, 2: 132.0})
    for before, after in zip(plan.cues, fitted.cues, strict=True):
        assert (before.start_s, before.end_s, before.lines) == (after.start_s, after.end_s, after.lines)
        is_sound(after)
    fast, ranged, fixed = fitted.cues
    assert all(abs(point.bpm / 132 - 1) < 0.12 for point in fast.tempo_map)
    assert all(59.9 <= point.bpm <= 84.1 for point in ranged.tempo_map)
    assert fixed == plan.cues[2]
    hit = fast.events[0]
    sixteenths = beat_at_time(fast.tempo_map, hit.t_s) * 4
    assert sixteenths == pytest.approx(round(sixteenths), abs=1e-3)


def test_refit_lets_asked_bars_breathe_and_moves_what_follows() -> None:
    plan = planned(f"# A\n@bars 8\n@emotion calm\n# B\n{SHE}\n")
    fitted = refit(plan, {0: 60.0})
    first, second = fitted.cues
    assert first.duration_s == pytest.approx(32.0)
    assert second.start_s == pytest.approx(first.end_s)
    assert fitted.duration_s == pytest.approx(second.end_s)
    is_sound(first)
    is_sound(second)


@pytest.mark.parametrize("bpm", [60.0, 132.0])
def test_a_ramp_over_what_is_left_of_the_cue_still_reaches_its_end_after_refit(bpm: float) -> None:
    plan = planned("# A\n@bars 8\n@dynamics p -> ff\n@density 0.2 -> 0.8 over 4s\n@emotion calm -> joy\n")
    (cue,) = refit(plan, {0: bpm}).cues
    assert cue.end_s != plan.cues[0].end_s
    assert [(point.t_s, point.value) for point in cue.dynamics] == [(0.0, 0.30), (cue.end_s, 0.85)]
    assert cue.density == plan.cues[0].density
    assert cue.emotion[-1].end_s == cue.end_s


def test_refit_with_nothing_to_say_changes_nothing() -> None:
    plan = planned(f"{SHE}\n")
    assert refit(plan, {}) == plan
