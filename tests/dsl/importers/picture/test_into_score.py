"""A list that goes into a score: what it has moves, what is new is added, nothing of the writer's is lost."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.importers.convert import Imported, import_bytes, import_into
from dsl.importers.picture.take_in import ListOptions
from dsl.score_file import plan_source
from tests.dsl.importers.picture.lists import shots

SCORE = """melodrama: 1
title: Night
fps: 25
start: 01:00:00:00
---
// my own words on it
# 1m1 The cliff
@at 01:00:00:00
@style strings
@tempo 58..92
He stands at the edge. {hit door} Nobody calls.

# 1m2 Home
@at 01:01:00:00
@hit bell
She ran down the hill.
"""


def markers(*found: tuple[str, str]) -> bytes:
    """A list of markers, each (time, name)."""
    first = "001  AX       V     C        00:00:00:00 00:00:00:01 00:59:59:00 00:59:59:00\n"
    lines = [f"* LOC: {time} RED     {name}\n" for time, name in found]
    return ("TITLE: x\nFCM: NON-DROP FRAME\n\n" + first + "".join(lines)).encode()


def into(score: str, data: bytes, **options: object) -> Imported:
    return import_into(score, "", data, "x.edl", options=ListOptions(**options))  # type: ignore[arg-type]


def changes(imported: Imported) -> set[tuple[str, str]]:
    assert imported.taken is not None
    return {(one.how, one.name) for one in imported.taken.changes}


def hits(text: str) -> dict[str | None, float]:
    plan = plan_source(text.encode(), Path("x.score")).plan
    assert plan is not None
    return {event.name: event.t_s for cue in plan.cues for event in cue.events if event.kind == "hit"}


def own_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def is_within(some: list[str], others: list[str]) -> bool:
    """Whether all of `some` stand in `others` in their order."""
    rest = iter(others)
    return all(line in rest for line in some)


def test_new_markers_are_written_where_their_time_is_and_nothing_else_changes() -> None:
    made = into(SCORE, markers(("01:00:20:00", "Door slam!"), ("01:01:30:12", "(2)"))).text
    assert is_within(own_lines(SCORE), own_lines(made))
    assert hits(made)["Door-slam"] == pytest.approx(20.0)
    assert hits(made)["2"] == pytest.approx(90.48)
    assert "@at 01:00:20:00 // marker: Door slam!\n@hit Door-slam\n" in made


def test_the_same_list_again_changes_nothing() -> None:
    data = markers(("01:00:20:00", "Door slam!"), ("01:00:31:00", "whistle"), ("01:02:00:00", "1m3 Finale"))
    once = into(SCORE, data)
    twice = into(once.text, data)
    assert twice.text == once.text
    assert {how for how, _ in changes(twice)} == {"same"}


def test_moved_markers_move_in_place_and_keep_what_is_written_about_them() -> None:
    once = into(SCORE, markers(("01:00:20:00", "whistle"))).text
    mine = once.replace("@hit whistle", "// careful here\n@hit whistle // loud")
    moved = into(mine, markers(("01:00:22:10", "whistle")))
    assert moved.text == mine.replace("01:00:20:00", "01:00:22:10")
    assert changes(moved) == {("moved", "whistle")}


def test_a_marker_that_moves_past_another_is_written_where_it_now_belongs() -> None:
    once = into(SCORE, markers(("01:00:20:00", "a"), ("01:00:30:00", "b"), ("01:01:20:00", "c"))).text
    moved = into(once, markers(("01:01:40:00", "a"), ("01:00:30:00", "b"), ("01:01:20:00", "c")))
    assert is_within(own_lines(SCORE), own_lines(moved.text))
    assert hits(moved.text)["a"] == pytest.approx(100.0)
    assert moved.text.count("@hit a") == 1
    assert changes(moved) == {("moved", "a"), ("same", "b"), ("same", "c")}


def test_what_has_vanished_from_the_list_stays_and_is_told() -> None:
    once = into(SCORE, markers(("01:00:20:00", "a"), ("01:00:30:00", "b"))).text
    less = into(once, markers(("01:00:30:00", "b")))
    assert less.text == once
    assert changes(less) == {("same", "b"), ("gone", "a")}


def test_hits_of_the_writers_own_take_the_times_of_markers_of_their_names() -> None:
    made = into(SCORE, markers(("01:00:10:00", "Door"), ("01:01:04:00", "bell"))).text
    assert "{at 01:00:10:00}{hit door}" in made
    assert "@at 01:01:00:00\n@at 01:01:04:00 // marker: bell\n@hit bell\n" in made
    assert hits(made) == {"door": pytest.approx(10.0), "bell": pytest.approx(64.0)}
    assert into(made, markers(("01:00:10:00", "Door"), ("01:01:04:00", "bell"))).text == made


def test_cues_are_found_by_their_numbers_begin_and_end_where_markers_say() -> None:
    data = markers(("01:00:02:00", "1m1"), ("01:00:50:00", "1m1 OUT"), ("01:02:00:00", "1m3 The end"))
    made = into(SCORE, data)
    plan = plan_source(made.text.encode(), Path("x.score")).plan
    assert plan is not None
    times = {cue.id: (cue.start_s, cue.end_s) for cue in plan.cues}
    assert times["1m1"] == (pytest.approx(2.0), pytest.approx(50.0))
    assert times["1m3"][0] == pytest.approx(120.0)
    assert into(made.text, data).text == made.text


def test_cues_that_change_places_stay_and_are_told() -> None:
    made = into(SCORE, markers(("01:05:00:00", "1m1"), ("01:01:00:00", "1m2")))
    assert made.text == SCORE
    assert any("change places" in remark.what for remark in made.remarks)


@pytest.mark.parametrize("cuts", ["at", "hit", "cue"])
def test_cuts_that_move_keep_the_text_that_was_written_for_them(cuts: str) -> None:
    first = shots([("01:00:00:00", "A"), ("01:00:08:00", "B"), ("01:00:20:00", "C")])
    made = import_bytes(first.encode(), "x.edl", options=ListOptions(fps=25.0, cuts=cuts)).text  # type: ignore[arg-type]
    told = made.replace("// cut: B\n", "// cut: B\n// the door\nShe opens the door.\n")
    assert told != made
    later = shots([("01:00:00:00", "A"), ("01:00:09:12", "B"), ("01:00:20:00", "C")])
    moved = into(told, later.encode(), cuts=cuts)
    assert moved.text == told.replace("01:00:08:00", "01:00:09:12")


def test_a_score_without_times_takes_over_the_clock_of_the_list() -> None:
    made = into("title: x\n---\n# Scene\nRain.\n", markers(("01:00:20:29", "a")))
    assert "fps: 29.97\nstart: 01:00:00:00\n---\n" in made.text
    assert "\nRain.\n" in made.text
    bare = into("Rain.\n", markers(("01:00:20:24", "a")), fps=25.0)
    assert bare.text.startswith("fps: 25\nstart: 01:00:00:00\n---\nRain.\n")
    assert hits(bare.text)["a"] == pytest.approx(20.96)


def test_another_frame_rate_is_converted_by_real_time_and_told() -> None:
    made = into(SCORE, markers(("01:00:20:12", "a"), ("01:00:21:29", "b")))
    rate = 30000 / 1001
    assert hits(made.text)["a"] == pytest.approx((20 * 30 + 12) / rate, abs=0.02)
    assert any("converted by real time to 25" in remark.became for remark in made.remarks)


def test_times_before_the_films_first_frame_are_left_out_and_told_with_their_place() -> None:
    made = into(SCORE, markers(("00:10:00:00", "early"), ("01:00:20:00", "a")))
    told = [(one.line, one.column) for one in made.remarks if "before the film's first frame" in one.what]
    assert told == [(5, 8)]
    assert "early" not in made.text
    reel = into(SCORE, markers(("10:00:20:00", "a")), start=None)
    assert reel.problem is None or "none of its times" in reel.problem


def test_crlf_and_a_missing_last_line_end_stay_as_they_are() -> None:
    made = into(SCORE.replace("\n", "\r\n").rstrip("\r\n"), markers(("01:01:40:00", "a")))
    assert "\n" not in made.text.replace("\r\n", "")
    assert "She ran down the hill.\r\n@at 01:01:40:00 // marker: a\r\n@hit a\r\n" in made.text


def test_words_are_no_list() -> None:
    refused = import_into(SCORE, "", b"INT. HOUSE - DAY\n\nRain.\n", "x.fountain")
    assert "-o makes a score" in (refused.problem or "")


LINES = st.sampled_from(
    [
        "# 1m1 A",
        "# B",
        "@at 00:00:10:00",
        "@at 00:00:30:00 // cut: A",
        "@hit door",
        "@hit",
        "Rain.",
        "{hit door} rain {at 00:00:12:00}{hit x} more",
        "@out 00:01:00:00",
        "// words",
        "",
        "@pause 2s",
        "@bars 8",
        "title: x",
        "---",
        "fps: 25",
        "@at 99",
    ]
)
EVENTS = st.lists(
    st.tuples(
        st.integers(0, 3000), st.sampled_from(["door", "x", "1m1", "1m2 B", "1m1 out", "", "a b", "{", "//"])
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(LINES, max_size=12), EVENTS, EVENTS)
def test_any_score_keeps_its_words_and_a_second_time_changes_nothing(
    lines: list[str], first: list[tuple[int, str]], second: list[tuple[int, str]]
) -> None:
    def listed(events: list[tuple[int, str]]) -> bytes:
        return markers(*[(f"00:{n // 1500:02}:{n // 25 % 60:02}:{n % 25:02}", name) for n, name in events])

    def words(text: str) -> list[str]:
        return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("@")]

    score = "\n".join(lines)
    for events in (first, second):
        made = into(score, listed(events), fps=25.0)
        if made.problem is None:
            kept = [line for line in words(score) if "{hit" not in line]
            assert is_within(kept, words(made.text))
            assert into(made.text, listed(events), fps=25.0).text == made.text
            score = made.text


def test_the_example_is_what_its_list_says_and_the_list_again_changes_nothing() -> None:
    folder = Path(__file__).parents[4] / "scores"
    score = (folder / "platform.score").read_text(encoding="utf-8")
    made = import_into(score, str(folder), (folder / "platform.edl").read_bytes(), "platform.edl")
    assert made.text == score
    assert {how for how, _ in changes(made)} == {"same"}
