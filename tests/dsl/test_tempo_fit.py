"""The tempo fit: hits on the grid, ends on bar lines, tempo in range, honest numbers where that cannot be."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.plan import Meter, Setting
from dsl.tempo_fit import Anchor, TempoFit, TempoWish, fit_tempo
from dsl.timing import bar_lines, beat_at_time, time_at_beat

COMMON = (Setting(0.0, 1e9, Meter(4, 4)),)
WIDE = (48.0, 168.0)
METERS = [
    Meter(4, 4),
    Meter(3, 4),
    Meter(6, 8),
    Meter(5, 4),
    Meter(7, 8),
    Meter(2, 2),
    Meter(5, 16),
    Meter(9, 32),
]


def end_of_last_bar(fit: TempoFit) -> float:
    return bar_lines(fit.tempo_map, fit.meters, fit.bars)[-1].end_s


def test_free_cue_without_anchors_plays_whole_bars_at_the_preferred_tempo() -> None:
    fit = fit_tempo(14.3, True, COMMON, WIDE, 92.0)
    assert [point.bpm for point in fit.tempo_map] == [92.0]
    assert fit.bars == 6
    assert fit.duration_s == pytest.approx(6 * 4 * 60 / 92)


def test_pinned_end_falls_on_a_bar_line_exactly() -> None:
    fit = fit_tempo(14.3, False, COMMON, WIDE, 92.0)
    assert fit.duration_s == 14.3
    assert end_of_last_bar(fit) == pytest.approx(14.3, abs=1e-6)


def test_hits_sound_on_strong_beats_when_the_tempo_need_hardly_bend() -> None:
    # At 90 a bar is 8/3 s: these hits lie within 30 ms of downbeats.
    fit = fit_tempo(24.0, False, COMMON, (80.0, 100.0), 90.0, [Anchor(5.36), Anchor(13.31)])
    assert fit.anchor_misses_s == (0.0, 0.0)
    assert [beat % 4 for beat in fit.anchor_beats] == [0.0, 0.0]
    assert all(abs(point.bpm / 90.0 - 1) < 0.02 for point in fit.tempo_map)


def test_tempo_bends_gently_between_hits() -> None:
    hits = [Anchor(t) for t in (5.0, 10.3, 17.0, 28.0, 33.0, 41.0, 50.0)]
    fit = fit_tempo(60.0, False, COMMON, WIDE, 92.0, hits)
    assert max(map(abs, fit.anchor_misses_s)) < 1e-6
    tempi = [point.bpm for point in fit.tempo_map]
    assert all(abs(b / a - 1) < 0.08 for a, b in pairwise(tempi))


def test_fixed_tempo_keeps_its_tempo_and_reports_how_far_off_a_hit_is() -> None:
    fit = fit_tempo(14.3, True, COMMON, (72.0, 72.0), 72.0, [Anchor(3.1)])
    assert [point.bpm for point in fit.tempo_map] == [72.0]
    assert fit.out_of_range_bpm is None
    assert fit.anchor_misses_s[0] == pytest.approx(0.025)  # 3.1 s is beat 3.72; the sixteenth is 3.75


def test_fixed_tempo_against_a_pinned_end_leaves_its_range_as_little_as_it_can_and_says_so() -> None:
    fit = fit_tempo(14.3, False, COMMON, (72.0, 72.0), 72.0)
    assert end_of_last_bar(fit) == pytest.approx(14.3, abs=1e-6)
    assert fit.out_of_range_bpm == pytest.approx(4 * 4 * 60 / 14.3)  # 4 bars; 5 would need 83.9


def test_two_hits_closer_than_any_sixteenth_cannot_both_be_met() -> None:
    fit = fit_tempo(14.3, False, COMMON, (60.0, 84.0), 72.0, [Anchor(9.77), Anchor(9.82)])
    assert sorted(map(abs, fit.anchor_misses_s))[0] == 0.0
    assert max(map(abs, fit.anchor_misses_s)) == pytest.approx(0.05, abs=1e-6)


def test_asked_bars_are_laid_and_text_that_needs_more_slows_the_tempo() -> None:
    assert fit_tempo(5.0, True, COMMON, WIDE, 92.0, bars=8).duration_s == pytest.approx(8 * 4 * 60 / 92)
    slower = fit_tempo(30.0, True, COMMON, WIDE, 92.0, bars=8)
    assert (slower.bars, slower.duration_s) == (8, pytest.approx(30.0))
    assert slower.tempo_map[0].bpm == pytest.approx(64.0)


def test_asked_bars_too_short_for_the_text_say_by_how_much() -> None:
    fit = fit_tempo(30.0, True, COMMON, (90.0, 90.0), 90.0, bars=4)
    assert fit.bars == 4
    assert fit.short_s == pytest.approx(30.0 - 4 * 4 * 60 / 90)


def test_asked_bars_and_pinned_end_and_hits_all_hold() -> None:
    fit = fit_tempo(14.3, False, COMMON, WIDE, 92.0, [Anchor(3.1), Anchor(9.77)], bars=8)
    assert (fit.bars, fit.bars_missed, fit.duration_s) == (8, 0, 14.3)
    assert fit.anchor_misses_s == (0.0, 0.0)


def test_impossible_bars_give_way_and_are_counted() -> None:
    fit = fit_tempo(4.0, False, COMMON, (60.0, 120.0), 90.0, bars=40)
    assert fit.bars - 40 == fit.bars_missed < 0
    assert end_of_last_bar(fit) == pytest.approx(4.0, abs=1e-6)


def test_metre_changes_on_a_bar_line_at_its_moment_when_the_range_allows() -> None:
    meters = (Setting(0.0, 10.0, Meter(4, 4)), Setting(10.0, 30.0, Meter(6, 8)))
    fit = fit_tempo(30.0, True, meters, WIDE, 92.0, [Anchor(3.1), Anchor(20.0)])
    assert fit.meters[1].start_s == 10.0
    change = next(bar for bar in bar_lines(fit.tempo_map, fit.meters, fit.bars) if bar.meter == Meter(6, 8))
    assert change.start_s == pytest.approx(10.0, abs=1e-6)


def test_metre_moves_to_the_nearest_bar_line_under_a_fixed_tempo() -> None:
    meters = (Setting(0.0, 10.0, Meter(4, 4)), Setting(10.0, 30.0, Meter(3, 4)))
    fit = fit_tempo(30.0, True, meters, (92.0, 92.0), 92.0)
    assert [point.bpm for point in fit.tempo_map] == [92.0]
    assert fit.meters[1].start_s == pytest.approx(4 * 4 * 60 / 92)


def test_tempo_wishes_hold_from_where_they_stand() -> None:
    wishes = (Setting(0.0, 10.0, TempoWish(60, 60, 60)), Setting(10.0, 30.0, TempoWish(120, 120, 120)))
    fit = fit_tempo(30.0, True, COMMON, WIDE, 92.0, wishes=wishes)
    assert [point.bpm for point in fit.tempo_map] == [60.0, 120.0]
    assert fit.tempo_map[1].t_s == pytest.approx(8.0)  # the bar line of 60 nearest to 10 s
    assert fit.out_of_range_bpm is None


times = st.floats(0.0, 120.0, allow_nan=False)


@given(
    duration=st.floats(0.3, 120.0),
    free_end=st.booleans(),
    meter=st.sampled_from(METERS),
    low=st.floats(40.0, 160.0),
    width=st.floats(0.0, 120.0),
    where=st.floats(0.0, 1.0),
    anchors=st.lists(st.tuples(times, st.sampled_from(["hit", "at", "turn"])), max_size=12),
    bars=st.one_of(st.none(), st.integers(1, 40)),
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_asked_the_fit_is_sound_and_tells_the_truth(
    duration: float,
    free_end: bool,
    meter: Meter,
    low: float,
    width: float,
    where: float,
    anchors: list[tuple[float, str]],
    bars: int | None,
) -> None:
    inside = [Anchor(t, kind) for t, kind in anchors if t < duration]  # type: ignore[arg-type]
    meters = (Setting(0.0, duration, meter),)
    fit = fit_tempo(duration, free_end, meters, (low, low + width), low + width * where, inside, bars)
    assert fit.bars >= 1
    assert end_of_last_bar(fit) == pytest.approx(fit.duration_s, abs=1e-6)
    if free_end:
        assert fit.duration_s >= duration - 1e-6 or fit.short_s > 0
    elif duration > 1.0:
        assert fit.duration_s == duration
    beats = [point.beat for point in fit.tempo_map]
    assert beats[0] == 0.0
    assert beats == sorted(set(beats))
    for before, after in pairwise(fit.tempo_map):
        assert time_at_beat([before], after.beat) == pytest.approx(after.t_s, abs=1e-6)
    for point in fit.tempo_map:
        in_range = low * 0.999999 <= point.bpm <= (low + width) * 1.000001
        assert in_range or fit.out_of_range_bpm is not None
    for anchor, beat, miss in zip(inside, fit.anchor_beats, fit.anchor_misses_s, strict=True):
        assert beat * 4 == round(beat * 4)
        assert time_at_beat(fit.tempo_map, beat) - anchor.t_s == pytest.approx(miss, abs=2e-6)
        assert beat_at_time(fit.tempo_map, time_at_beat(fit.tempo_map, beat)) == pytest.approx(beat, abs=1e-6)


@given(st.lists(st.floats(0.5, 58.0), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_in_a_wide_range_hits_half_a_second_apart_are_all_met(moments: list[float]) -> None:
    apart: list[float] = []
    for moment in sorted(moments):
        if not apart or moment - apart[-1] >= 0.5:
            apart.append(moment)
    fit = fit_tempo(60.0, False, COMMON, WIDE, 92.0, [Anchor(t) for t in apart])
    assert max(map(abs, fit.anchor_misses_s)) < 1e-3
    assert fit.out_of_range_bpm is None


@pytest.mark.parametrize("bars", [None, 240])
def test_a_hundred_hits_in_ten_minutes_take_little_time(bars: int | None) -> None:
    rng = random.Random(1)
    hits = [Anchor(t) for t in sorted(rng.uniform(0, 600) for _ in range(100))]
    best = min(_seconds(hits, bars) for _ in range(3))
    assert best < (
        0.4 if bars is None else 1.5
    )  # a tenth of a second and a half, with room for a loaded machine


def _seconds(hits: list[Anchor], bars: int | None) -> float:
    start = time.perf_counter()
    fit_tempo(600.0, False, COMMON, WIDE, 92.0, hits, bars)
    return time.perf_counter() - start


def test_hits_between_thousands_of_tempo_changes_take_no_quadratic_time() -> None:
    wishes = [Setting(2.0 * n, 2.0 * n + 2.0, TempoWish(60 + n % 9, 99, 80)) for n in range(3000)]
    hits = [Anchor(2.0 * n + 0.7) for n in range(3000)]
    started = time.process_time()
    fit = fit_tempo(6000.0, False, COMMON, WIDE, 92.0, hits, None, wishes)
    assert len(fit.anchor_beats) == 3000
    assert time.process_time() - started < 2.5


@given(
    st.floats(0.3, 40.0),
    st.lists(st.tuples(st.floats(0.0, 1.0), st.sampled_from(METERS)), max_size=4),
    st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(20.0, 500.0), st.floats(1.0, 3.0)), max_size=4),
    st.lists(st.floats(0.0, 1.0), max_size=3),
)
@settings(max_examples=150, deadline=None)
def test_a_pinned_end_is_met_whatever_changes_shortly_before_it(
    length_s: float,
    metres: list[tuple[float, Meter]],
    tempi: list[tuple[float, float, float]],
    hits: list[float],
) -> None:
    starts = sorted([(0.0, METERS[0]), *((share * length_s, metre) for share, metre in metres)], key=_first)
    asked = [Setting(start, length_s, metre) for start, metre in starts]
    steps = sorted([(0.0, 48.0, 3.0), *((share * length_s, low, way) for share, low, way in tempi)])
    wishes = [Setting(at, length_s, TempoWish(low, low * way, low * way**0.5)) for at, low, way in steps]
    anchors = [Anchor(share * length_s) for share in sorted(hits)]
    fit = fit_tempo(length_s, False, asked, WIDE, 92.0, anchors, None, wishes)
    assert fit.duration_s == pytest.approx(length_s, abs=1e-6)
    assert end_of_last_bar(fit) == pytest.approx(length_s, abs=2e-3)


def _first(pair: tuple[float, Meter]) -> float:
    return pair[0]
