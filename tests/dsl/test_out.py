"""`@out`: the cue ends exactly there, whatever its text, bars and neighbours want."""

from pathlib import Path

import pytest

from dsl.check import check_source
from dsl.cue_ends import CueEnds
from dsl.cue_sketch import CueSketch
from dsl.diagnostics import Finding, Span
from dsl.film_clock import FilmClock
from dsl.parse import parse
from dsl.placement import Pin
from dsl.plan import Plan
from dsl.planner import plan_document
from dsl.refit import refit
from dsl.score_file import plan_source
from dsl.syntax import Columns, OutDirective, Timecode
from dsl.timing import bars_of


def planned(text: str) -> Plan:
    return plan_document(check_source(text).document, ".")


def codes(text: str) -> list[str]:
    return [finding.code for finding in plan_source(text, Path("a.score")).findings]


def test_a_cue_ends_at_its_out_and_its_bars_fill_it() -> None:
    cue = planned("# a\n@out 00:30.5\nThe rain fell.").cues[0]
    assert cue.end_s == 30.5
    assert bars_of(cue)[-1].end_s == pytest.approx(30.5)
    assert cue.end_pinned
    assert not cue.end_free


def test_the_next_cue_follows_or_waits_for_its_own_moment_in_silence() -> None:
    follows = planned("# a\n@out 00:20\nThe rain fell.\n# b\nNobody came.")
    assert follows.cues[1].start_s == 20.0
    waits = planned("# a\n@out 00:20\nThe rain fell.\n# b\n@at 00:40\nNobody came.")
    assert (waits.cues[0].start_s, waits.cues[0].end_s) == (0.0, 20.0)
    assert waits.cues[1].start_s == 40.0
    assert waits.findings == ()


def test_frames_and_start_count_as_they_do_for_at() -> None:
    plan = planned("fps: 25\nstart: 01:00:00:00\n---\n# a\n@终点 01:00:10:05\nThe rain fell.")
    assert plan.cues[0].end_s == pytest.approx(10.2)


def test_a_cue_of_nothing_but_an_end_is_music() -> None:
    plan = planned("# a\n@out 00:12")
    assert (plan.cues[0].end_s, plan.findings) == (12.0, ())


def test_text_that_is_too_long_is_squeezed_and_told() -> None:
    text = "# a\n@out 00:03\n" + "The rain fell on the roof. " * 4
    cue = planned(text).cues[0]
    assert cue.end_s == 3.0
    assert cue.lines[-1].end_s <= 3.0 + 1e-9
    assert "E402" in codes(text)


def test_bars_give_way_to_the_end_and_are_told() -> None:
    text = "# a\n@tempo 120\n@bars 2\n@out 00:30\nThe rain fell."
    assert planned(text).cues[0].end_s == 30.0
    assert "W406" in codes(text)


def test_an_out_behind_the_next_cue_is_an_error_and_its_hint_mends_it() -> None:
    text = "# a\n@out 00:30\nThe rain fell.\n# b\n@at 00:20\nNobody came."
    finding = next(f for f in planned(text).findings if f.code == "E418")
    assert finding.hint == "Ask for 00:20 or earlier, or move the next @at."
    assert codes(text.replace("00:30", "00:20")) == []


def test_an_out_that_leaves_no_time_is_an_error_and_its_hint_mends_it() -> None:
    text = "# a\n@at 00:30\nThe rain fell.\n@out 00:20"
    finding = next(f for f in planned(text).findings if f.code == "E401")
    assert finding.hint == "Ask for 00:31 or later."
    assert "E401" not in codes(text.replace("00:20", "00:31"))


def test_two_outs_in_a_cue_are_told() -> None:
    assert "W323" in codes("# a\n@out 00:30\n@out 00:40\nThe rain fell.")


def test_an_end_stays_where_it_is_when_the_tempo_is_fitted_to_the_feeling() -> None:
    plan = planned("# a\n@bars 8\nThe rain fell.\n# b\n@out 01:00\nNobody came.")
    moved = refit(plan, {0: 160.0, 1: 50.0})
    assert [cue.end_s for cue in moved.cues][1] == pytest.approx(60.0)


def test_frames_are_checked_against_the_rate() -> None:
    assert "E324" in codes("# a\n@out 00:00:30:05\nThe rain fell.")


@pytest.mark.parametrize("begins_s", [172.222000654, 10.0000005, 3.0, 0.1 + 0.2])
def test_the_earliest_end_that_a_hint_asks_for_is_met(begins_s: float) -> None:
    """Cues begin wherever bars end: between the milliseconds that a timecode can say."""
    findings: list[Finding] = []
    ends = CueEnds(FilmClock(), findings)
    here, asked = Span(1, 1, 1, 2), Timecode(0.0, None, Columns(1, 2))
    assert ends.possible_end(CueSketch(), begins_s, Pin(0.0, here, asked, is_out=True)) is None
    written = findings[0].hint or ""
    time = parse("@out " + written.split()[2]).parsed[0].directives[0]
    assert isinstance(time, OutDirective)
    pin = Pin(FilmClock().seconds(time.time), here, time.time, is_out=True)
    assert ends.possible_end(CueSketch(), begins_s, pin) == pin
