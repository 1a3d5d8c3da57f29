"""Steady tempi for a cue's hits: told as spotting programs tell them, true when the score is planned so."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.plan import Plan, PlannedCue
from dsl.score_file import plan_source
from dsl.tempo_alternatives import hit_tolerance_s, steady_tempi, under_tempo


def planned(hits: list[float], settings: str = "", front: str = "") -> Plan:
    lines = [f"melodrama: 1\n{front}---\n# 1m1 A\n@at 0:00\n{settings}\nOnce."]
    lines += [f"@at {int(t // 60):02d}:{t % 60:06.3f}\n@hit h{n}\nThen." for n, t in enumerate(hits)]
    loaded = plan_source("\n".join(lines) + "\n", Path("a.score"))
    assert loaded.plan is not None
    return loaded.plan


def cue_of(*arguments: object) -> PlannedCue:
    return planned(*arguments).cues[0]  # type: ignore[arg-type]


def test_the_tempo_that_the_hits_were_spotted_at_comes_first() -> None:
    """Hits on bar lines of 96 BPM, 4/4: two and a half seconds a bar."""
    best = steady_tempi(cue_of([5.0, 12.5, 20.0, 32.5], "@tempo 60..120"))[0]
    assert best.bpm == 96.0
    assert best.caught == 4
    assert [(hit.bar, hit.beat, hit.place) for hit in best.hits] == [
        (3, 1, "bar"),
        (6, 1, "bar"),
        (9, 1, "bar"),
        (14, 1, "bar"),
    ]
    assert all(abs(hit.late_s) < 1e-6 for hit in best.hits)


def test_a_hit_that_no_good_tempo_catches_is_missed_by_so_much() -> None:
    """Three hits on bars of 96 BPM and one 150 ms after a beat."""
    best = steady_tempi(cue_of([5.0, 12.5, 21.4, 32.5], "@tempo 90..100"))[0]
    assert best.bpm == pytest.approx(96.0, abs=0.3)
    assert best.caught == 3
    (missed,) = [hit for hit in best.hits if not hit.caught]
    assert missed.name == "h2"
    assert 0.05 < abs(missed.late_s) < 0.16


def test_the_list_is_best_first_in_range_and_holds_no_tempo_twice() -> None:
    tempi = steady_tempi(cue_of([7.1, 13.4, 22.8, 31.9, 40.3], "@tempo 60..140"))
    assert 3 <= len(tempi) <= 6
    assert [one.worth for one in tempi] == sorted((one.worth for one in tempi), reverse=True)
    assert all(60 <= one.bpm <= 140 for one in tempi)
    assert all(abs(a.bpm / b.bpm - 1) > 0.01 for a in tempi for b in tempi if a is not b)


def test_a_fixed_tempo_gets_neighbours() -> None:
    tempi = steady_tempi(cue_of([5.0, 12.5, 20.0], "@tempo 92"))
    assert tempi[0].bpm == 96.0
    assert all(80 <= one.bpm <= 106 for one in tempi)


def test_beats_of_compound_and_odd_metres_are_their_own() -> None:
    """6/8 at a dotted quarter of 1 s (♩ 90): a hit on the second dotted beat of a bar."""
    tempo = under_tempo(cue_of([5.0], "@meter 6/8"), 90.0, 0.02)
    assert [(hit.bar, hit.beat, hit.place) for hit in tempo.hits] == [(3, 4, "beat")]
    five = under_tempo(cue_of([5.0], "@meter 5/4"), 60.0, 0.02)
    assert [(hit.bar, hit.beat, hit.place) for hit in five.hits] == [(2, 1, "bar")]


def test_no_hits_no_tempi() -> None:
    assert steady_tempi(cue_of([])) == ()


def test_a_film_frame_is_the_tolerance_where_there_are_frames() -> None:
    assert hit_tolerance_s(None) == hit_tolerance_s(60.0) == 0.02
    assert hit_tolerance_s(24.0) == pytest.approx(1 / 24)


@given(
    hits=st.lists(st.floats(1.0, 170.0), min_size=1, max_size=9, unique=True),
    low=st.integers(50, 100),
    width=st.integers(5, 60),
)
@settings(max_examples=12, deadline=None)
def test_no_tempo_in_range_catches_more_than_the_first_one(hits: list[float], low: int, width: int) -> None:
    """Held against trying every tempo in steps of .05."""
    spread = sorted({round(t, 1) for t in hits})
    spaced = [t for before, t in zip([-9.0, *spread], spread, strict=False) if t - before > 2.0]
    cue = cue_of(spaced, f"@tempo {low}..{low + width}")
    tempi = steady_tempi(cue)
    steps = (low + 0.05 * n for n in range(width * 20 + 1))
    most = max(under_tempo(cue, bpm, 0.02).worth for bpm in steps)
    assert (tempi[0].worth if tempi else 0.0) >= most - 1e-9


def test_a_tempo_from_the_list_put_into_the_score_meets_the_hits_as_it_says() -> None:
    hits = [6.3, 14.2, 22.9, 35.5]
    best = steady_tempi(cue_of(hits, "@tempo 60..120"))[0]
    plan = planned(hits, f"@tempo {best.bpm:g}")
    told = [finding for finding in plan.findings if finding.code == "W404"]
    assert len(told) <= len(hits) - best.caught
    assert {point.bpm for point in plan.cues[0].tempo_map} == {best.bpm}
