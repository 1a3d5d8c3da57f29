"""What every plan keeps, whatever is asked: cues follow each other, bars fill them, no time runs back."""

import json
import math
import random
from itertools import pairwise

import pytest

from dsl.plan import PlannedCue
from dsl.plan_json import plan_json
from dsl.score_file import plan_text
from dsl.timing import bars_of

LINES = [
    "He stands at the edge. {hit} Nobody calls.",
    "主人公站在悬崖边，望着远方的天空。",
    "Go.",
    "Go. {hit door}",
    "# A",
    "# 1m1 B",
    "# L3",
    "@meter 12/8",
    "@meter 3/4",
    "@meter 7/8",
    "@meter 2/2",
    "@tempo x2.41",
    "@tempo x0.4",
    "@tempo 52..135",
    "@tempo 60",
    "@tempo 290",
    "@fit 3s",
    "@fit 11beats",
    "@pause 2s",
    "@pause 4bars",
    "@silence 500ms",
    "@hit",
    "@bars 7",
    "@bars 40",
    "@loop",
    "@pace 700",
    "@pace 60",
    "@emotion hope",
    "@density 0.1 -> 0.9 over 8s",
    "@tension 0.5",
    "@dynamics p -> ff",
    "@key D minor",
    "@transition ring-out",
    "",
]


def _score(dice: random.Random) -> str:
    """Any lines in any order; moments mostly rise, and tempo and metre like to change shortly before them."""
    t_s, lines = 0.0, []
    for _ in range(dice.randrange(2, 24)):
        if dice.random() < 0.2:
            t_s += dice.choice((0.4, 1.0, 2.0, 11.0, 35.0, -3.0))
            t_s = max(t_s, 0.0)
            late = (dice.choice(("@meter 12/8", "@tempo x2.41", "@tempo x0.4")), "Go.", "# C")
            lines += late if dice.random() < 0.5 else ()
            lines.append(f"@{dice.choice(('at', 'at', 'out'))} {int(t_s // 60):02}:{t_s % 60:06.3f}")
        else:
            lines.append(dice.choice(LINES))
    return "\n".join(lines)


def _holds(cue: PlannedCue) -> None:
    assert math.isfinite(cue.end_s)
    assert cue.start_s < cue.end_s
    assert cue.bars >= 1
    assert bars_of(cue)[-1].end_s == pytest.approx(cue.end_s, abs=2e-3)
    assert all(before.t_s < after.t_s for before, after in pairwise(cue.tempo_map))
    assert all(line.start_s <= line.end_s <= cue.end_s + 0.01 for line in cue.lines)
    assert all(before.start_s <= after.start_s for before, after in pairwise(cue.lines))
    assert all(before.t_s <= after.t_s for before, after in pairwise(cue.events))
    assert all(cue.start_s - 1e-6 <= event.t_s <= cue.end_s + 0.01 for event in cue.events)
    for settings in (cue.styles, cue.meters, cue.keys, cue.emotion):
        assert settings[0].start_s == pytest.approx(cue.start_s)
        assert settings[-1].end_s == pytest.approx(cue.end_s)
        assert all(before.end_s == after.start_s for before, after in pairwise(settings))
    for curve in (cue.dynamics, cue.density, cue.tension, cue.register):
        assert all(0.0 <= point.value <= 1.0 for point in curve)
        assert all(before.t_s <= after.t_s for before, after in pairwise(curve))


@pytest.mark.parametrize("seed", range(3))
def test_a_plan_is_sound_whatever_is_asked(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(70):
        text = _score(dice)
        plan = plan_text(text, None).draft
        try:
            for cue in plan.cues:
                _holds(cue)
            assert all(one.end_s <= next_one.start_s + 1e-6 for one, next_one in pairwise(plan.cues))
            assert plan.duration_s == (plan.cues[-1].end_s if plan.cues else 0.0)
            json.dumps(plan_json(plan), allow_nan=False)
        except AssertionError as problem:
            raise AssertionError(text) from problem
