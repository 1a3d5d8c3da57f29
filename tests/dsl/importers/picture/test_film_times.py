"""Every hit of a two-hour reel is within half a frame of its label, whatever the rate and wherever the reel
begins: times worked out by another library."""

import json
import random
from pathlib import Path

import pytest

from dsl.importers.convert import import_bytes, import_into
from dsl.importers.picture.take_in import ListOptions
from dsl.plan_json import plan_json
from dsl.score_file import plan_source
from tests.dsl.importers.picture.lists import RATES, edl

REELS = [("23.976", False), ("25", False), ("29.97", True), ("59.94", True), ("29.97", False)]
MORE = [("24", False), ("30", False), ("50", False), ("59.94", False), ("60", False)]
HOURS = {"hour 0": 0, "hour 1": 1, "hour 10": 10, "over midnight": 23}


def hits_of(text: str) -> dict[str, float]:
    """The hits as `plan --json` tells them."""
    loaded = plan_source(text.encode(), Path("x.score"))
    assert loaded.plan is not None
    plan = json.loads(json.dumps(plan_json(loaded.plan)))
    return {
        event["name"]: event["t_s"]
        for cue in plan["cues"]
        for event in cue["events"]
        if event["type"] == "hit"
    }


def reel(rate: str, drop: bool, hour: int) -> tuple[str, dict[str, float]]:
    """A list of 40 markers over two hours, and when they are."""
    fps, dice = RATES[rate], random.Random(hour)
    nominal = round(fps)
    first = hour * 3600 * nominal - (hour * 54 * (4 if nominal == 60 else 2) if drop else 0)
    if hour == 23:
        first += 50 * 60 * nominal - (45 * (4 if nominal == 60 else 2) if drop else 0)
    frames = sorted(dice.sample(range(nominal, 7200 * nominal), 40))
    markers = [(frame, f"h{number}") for number, frame in enumerate(frames)]
    return edl(rate, first, markers, drop), {name: frame / fps for frame, name in markers}


@pytest.mark.parametrize(
    ("rate", "drop", "hour"),
    [(*reel, hour) for reel in REELS for hour in HOURS.values()] + [(*reel, 1) for reel in MORE],
)
def test_every_hit_is_within_half_a_frame(rate: str, drop: bool, hour: int) -> None:
    text, asked = reel(rate, drop, hour)
    options = ListOptions(fps=RATES[rate])
    made = import_bytes(text.encode(), "reel.edl", options=options)
    found = hits_of(made.text)
    assert set(found) == set(asked)
    assert max(abs(found[name] - asked[name]) for name in asked) <= 0.5 / RATES[rate]
    again = import_into(made.text, "", text.encode(), "reel.edl", options=options)
    assert again.text == made.text


@pytest.mark.parametrize(("rate", "drop"), [*REELS, *MORE[1:]])
def test_a_score_at_another_rate_has_them_within_half_a_frame_of_its_own(rate: str, drop: bool) -> None:
    text, asked = reel(rate, drop, 1)
    score = "melodrama: 1\nfps: 24\nstart: 01:00:00:00\n---\n# 1m1 A\n@at 01:00:00:00\n"
    made = import_into(score, "", text.encode(), "reel.edl", options=ListOptions(fps=RATES[rate]))
    found = hits_of(made.text)
    assert max(abs(found[name] - asked[name]) for name in asked) <= 0.5 / 24 + 1e-6
    assert any("converted by real time" in remark.became for remark in made.remarks)
