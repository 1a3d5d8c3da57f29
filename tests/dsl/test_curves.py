"""Curves of many directives: right at every point, and soon done."""

from itertools import pairwise
from time import process_time

from dsl.curves import curve_of, value_at
from dsl.plan import CurvePoint
from dsl.syntax import Columns, Number, Ramp
from tests.dsl.test_compare import plan

HERE = Columns(1, 2)


def test_of_two_points_at_one_time_the_later_counts_and_ends_hold() -> None:
    curve = (CurvePoint(1.0, 0.2), CurvePoint(2.0, 0.4), CurvePoint(2.0, 0.8), CurvePoint(4.0, 0.0))
    asked = {0.0: 0.2, 1.0: 0.2, 1.5: 0.3, 2.0: 0.8, 3.0: 0.4, 4.0: 0.0, 9.0: 0.0}
    assert {t_s: round(value_at(curve, t_s), 9) for t_s in asked} == asked


def test_a_curve_of_twenty_thousand_ramps_takes_no_quadratic_time() -> None:
    ramps = [(float(n), Ramp(Number(n % 7 / 7, HERE), Number(0.5, HERE), None), 30.0) for n in range(20_000)]
    started = process_time()
    curve = curve_of(ramps, 0.0, 20_000.0, 0.5)
    assert process_time() - started < 2.0
    assert all(before.t_s <= after.t_s for before, after in pairwise(curve))


def test_four_thousand_cues_of_one_number_each_get_an_id_of_their_own() -> None:
    started = process_time()
    cues = plan("\n".join(["# 1m1 x\nGo."] * 4_000)).cues
    assert process_time() - started < 6.0
    assert [cue.id for cue in cues[:3]] == ["1m1", "1m1-2", "1m1-3"]
    assert len({cue.id for cue in cues}) == 4_000
