"""Timecodes: drop-frame counted as another program counts it, and every hint in the film's own time."""

import random
import re
from pathlib import Path

import pytest
from timecode import Timecode as Oracle

from dsl.check import check_source
from dsl.format import format_text
from dsl.plan import Plan
from dsl.planner import plan_document
from dsl.score_file import plan_source
from dsl.timecode import frame_label, frame_number, is_dropped

RATES = {29.97: 30000 / 1001, 59.94: 60000 / 1001}


def codes(text: str) -> list[str]:
    return [finding.code for finding in plan_source(text, Path("a.score")).findings]


def planned(text: str) -> Plan:
    return plan_document(check_source(text).document, ".")


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("drop", [True, False])
def test_labels_and_frames_are_those_of_another_program(rate: float, drop: bool) -> None:
    dice = random.Random(1)
    fps = RATES[rate]
    edges = [minute * 60 + second for minute in (0, 1, 9, 10, 11, 59, 60) for second in (0, 59)]
    seconds = edges + [dice.randrange(86_400) for _ in range(150)]
    for whole_s in seconds:
        for frame in (0, 1, 2, 3, 4, dice.randrange(round(fps)), round(fps) - 1):
            if drop and is_dropped(whole_s, frame, fps):
                continue
            number = frame_number(whole_s, frame, fps, drop)
            label = frame_label(number, fps, drop)
            theirs = Oracle(str(rate), label, force_non_drop_frame=not drop)
            assert (theirs.frame_number, str(theirs)) == (number, label)
            assert label[:8] == f"{whole_s // 3600:02}:{whole_s // 60 % 60:02}:{whole_s % 60:02}"
            assert int(label[9:]) == frame


@pytest.mark.parametrize("rate", ["29.97", "30000/1001", "59.94", "60000/1001"])
def test_drop_frame_keeps_to_the_clock_for_an_hour_and_non_drop_does_not(rate: str) -> None:
    head = f"fps: {rate}\n---\n# a\nGo.\n# b\n"
    assert planned(f"{head}@at 01:00:00;00\nRun.").cues[1].start_s == pytest.approx(3600.0, abs=0.004)
    assert planned(f"{head}@at 01:00:00:00\nRun.").cues[1].start_s == pytest.approx(3603.6)


def test_drop_frame_counts_from_a_drop_frame_start() -> None:
    plan = planned("fps: 29.97\nstart: 01:00:00;00\n---\n# a\nGo.\n# b\n@at 01:01:00；02\nRun.")
    assert plan.cues[1].start_s == pytest.approx(1800 * 1001 / 30000)
    assert plan.drop_frame


@pytest.mark.parametrize(
    ("head", "time", "code"),
    [
        ("fps: 25", "00:01:12;08", "E338"),
        ("fps: 29.97", "00:01:00;00", "E325"),
        ("fps: 29.97", "00:01:00;01", "E325"),
        ("fps: 59.94", "00:01:00;03", "E325"),
        ("fps: 29.97", "00:01:12;30", "E325"),
        ("title: x", "00:01:12;08", "E324"),
        ("fps: 29.97\nstart: 00:00:10;00", "00:01:12:08", "W339"),
        ("fps: 29.97\nstart: 00:00:10:00", "00:01:12;08", "W339"),
    ],
)
def test_labels_that_do_not_exist_or_do_not_belong_together_are_told(head: str, time: str, code: str) -> None:
    assert code in codes(f"{head}\n---\n# a\nGo.\n# b\n@at {time}\nRun.")


@pytest.mark.parametrize("time", ["00:10:00;00", "00:01:00;02", "00:01:12;29"])
def test_labels_that_exist_give_no_finding(time: str) -> None:
    assert codes(f"fps: 29.97\n---\n# a\nGo.\n# b\n@at {time}\nRun.") == []


def test_a_semicolon_without_its_fields_says_how_drop_frame_is_written() -> None:
    finding = check_source("@at 00:40;12\nGo.").findings[0]
    assert finding.hint == "A drop-frame timecode has all its fields: 01:00:10;12."


@pytest.mark.parametrize("written", ["24000/1001", "23.976", "23.98"])
def test_a_frame_rate_may_be_written_as_the_fraction_it_is(written: str) -> None:
    checked = check_source(f"fps: {written}\n---\nGo.")
    assert checked.findings == ()
    assert checked.document.front_matter.fps == pytest.approx(24000 / 1001, abs=1e-12)


@pytest.mark.parametrize("written", ["24000/1", "1/1001", "24/0"])
def test_a_frame_rate_that_no_film_has_is_out_of_range(written: str) -> None:
    assert codes(f"fps: {written}\n---\nGo.") == ["E308"]


def test_the_formatter_leaves_drop_frame_and_fractions_as_they_are() -> None:
    text = "fps: 30000/1001\nstart: 01:00:00;00\n---\n@at 01:00:10;12\nGo.\n"
    assert format_text(text) == text


@pytest.mark.parametrize(
    ("head", "first", "late"),
    [
        ("fps: 25\nstart: 01:00:00:00", "01:00:30:00", "01:00:20:00"),
        ("fps: 25\nstart: 01:00:00:00", "01:00:30.5", "01:00:20.123"),
        ("fps: 29.97\nstart: 01:00:00;00", "01:00:59;29", "01:00:20;00"),
        ("fps: 23.976\nstart: 10:00:00:00", "10:00:30:07", "10:00:20:00"),
        ("start: 00:10:00", "00:10:30", "00:10:20"),
        ("title: x", "00:30", "00:20"),
    ],
)
def test_the_hint_of_a_late_moment_is_in_the_films_time_and_obeyed_it_is_met(
    head: str, first: str, late: str
) -> None:
    before = f"{head}\n---\n# a\nRain falls on the roof tonight.\n@at {first}\nThe door opens.\n"
    for text in (f"{before}# b\n@at {late}\nMore rain.", f"{before}@at {late}\nMore rain."):
        finding = next(f for f in planned(text).findings if f.code == "E401")
        hinted = re.fullmatch(r"Ask for (\S+) or later\.", finding.hint or "")
        assert hinted is not None
        assert hinted.group(1).lstrip("0:")[:1] == first.lstrip("0:")[:1]
        assert "E401" not in codes(text.replace(late, hinted.group(1)))


def test_a_moment_before_the_films_first_frame_is_answered_with_that_frame() -> None:
    found = planned("fps: 25\nstart: 01:00:00:00\n---\n# a\n@at 00:59:59:24\nGo.").findings
    assert [finding.hint for finding in found] == ["Ask for 01:00:00:00 or later."]


def test_findings_about_hits_and_ends_tell_the_films_time() -> None:
    text = "fps: 25\nstart: 01:00:00:00\n---\n# a\n@tempo 20\n@bars 900\nGo.\n# b\n@at 01:00:30:00\nRun."
    told = [finding.message for finding in planned(text).findings if finding.code == "W406"]
    assert told
    assert "01:00:30:00" in told[0]


@pytest.mark.parametrize("rate", ["24", "29.97", "59.94"])
@pytest.mark.parametrize("mark", [":", ";"])
def test_a_film_that_crosses_midnight_counts_on_and_is_told_in_labels_of_the_next_day(
    rate: str, mark: str
) -> None:
    if mark == ";" and rate == "24":
        return
    head = f"fps: {rate}\nstart: 23:50:00{mark}00\n---\n# a\n@at 23:50:00{mark}00\nGo.\n# b\n"
    cues = planned(f"{head}@at 00:10:00{mark}00\nRun.").cues
    fps = RATES.get(float(rate), float(rate))
    counted = 20 * 60 * round(fps) - (18 * round(fps) // 15 if mark == ";" else 0)
    assert cues[1].start_s == pytest.approx(counted / fps)
    early = plan_source(f"{head}@at 00:10:00{mark}00\n# c\n@at 00:00:00{mark}00\nRun.", Path("a.score"))
    assert any("00:10:01" in f"{finding.message} {finding.hint}" for finding in early.findings)


def test_a_timecode_before_the_first_frame_is_no_timecode_of_the_next_day() -> None:
    assert "E401" in codes("fps: 24\nstart: 01:00:00:00\n---\n# a\nGo.\n# b\n@at 00:10:00:00\nRun.")
    assert "E401" in codes("fps: 24\nstart: 12:00:00:00\n---\n# a\nGo.\n# b\n@at 00:10:00:00\nRun.")


def test_a_score_of_more_than_a_day_says_how_long_it_is() -> None:
    found = plan_source("# a\nGo.\n# b\n@at 24:00:00\nRun.", Path("a.score")).findings
    assert next(one.message for one in found if one.code == "E408").startswith("The score reaches 24:00:0")
