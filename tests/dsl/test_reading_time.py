"""Reading time: both languages, punctuation, marks in the text, and texts that are hardly texts."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.reading_time import (
    DEFAULT_PACE,
    LONGEST_LINE_S,
    SHORTEST_LINE_S,
    Pace,
    line_s,
    main_language,
    measure,
    pace_of,
    position_s,
    spoken_s,
)


def seconds(text: str, pace: Pace = DEFAULT_PACE) -> float:
    return line_s(measure(text), pace)


def test_english_words_and_chinese_characters_count_by_their_own_pace() -> None:
    assert spoken_s(measure("one two three four five"), pace_of(150, "en")) == pytest.approx(2.0)
    assert spoken_s(measure("望着远方的天空中"), pace_of(240, "zh")) == pytest.approx(2.0)


def test_mixed_text_counts_both() -> None:
    mixed = measure("他说 hello world 就走了")
    assert (mixed.characters, mixed.words) == (5, 2)


def test_a_pace_in_one_language_sets_the_other_by_the_ratio() -> None:
    assert pace_of(240, "zh") == DEFAULT_PACE == pace_of(150, "en")


def test_the_reference_line_takes_six_to_nine_seconds() -> None:
    assert 6.0 < seconds("主人公站在悬崖边，望着远方的天空，心中充满了绝望。") < 9.0


def test_full_stops_pause_longer_than_commas_and_runs_of_marks_pause_once() -> None:
    assert seconds("走吧。走吧") > seconds("走吧，走吧") > seconds("走吧走吧")
    assert seconds("什么？！！走吧") == seconds("什么？走吧")
    assert seconds("well... go") == seconds("well. go")


def test_points_and_commas_inside_numbers_and_words_are_no_pauses() -> None:
    assert measure("it's 3.14 or 1,000 don't").pauses_s == 0.0


@pytest.mark.parametrize("text", ["😀😀😀", "……", "。", "---", "()"])
def test_lines_without_words_are_short_but_something(text: str) -> None:
    assert SHORTEST_LINE_S <= seconds(text) <= 1.0


def test_a_line_of_ten_megabytes_is_bounded_in_length_and_in_time() -> None:
    start = time.perf_counter()
    assert seconds("word " * 2_000_000) == LONGEST_LINE_S
    assert seconds("x" * 10_000_000) <= LONGEST_LINE_S
    assert time.perf_counter() - start < 1.0


def test_a_mark_falls_where_the_next_word_begins() -> None:
    text = "She ran down the hill, laughing. Nobody was waiting."
    before = text.index("Nobody")
    spoken = seconds("She ran down the hill, laughing.")
    assert position_s(text, before, DEFAULT_PACE) == pytest.approx(spoken)
    assert position_s(text, 0, DEFAULT_PACE) == 0.0


def test_a_mark_at_the_end_falls_where_the_last_word_ends_not_after_its_pause() -> None:
    text = "我不会回头。"
    assert position_s(text, len(text), DEFAULT_PACE) == pytest.approx(5 * 60 / 240)


def test_the_main_language_is_what_takes_the_voice_longer() -> None:
    assert main_language(100, 10) == "zh"
    assert main_language(10, 100) == "en"


@given(st.text(max_size=300), st.integers(0, 300), st.floats(10, 1000))
def test_any_text_has_a_sane_length_and_marks_stay_inside_in_order(
    text: str, place: int, pace: float
) -> None:
    speed = pace_of(pace, "zh")
    length = seconds(text, speed)
    assert SHORTEST_LINE_S <= length <= LONGEST_LINE_S
    first, second = sorted((min(place, len(text)), len(text) // 2))
    assert 0.0 <= position_s(text, first, speed) <= length
    assert 0.0 <= position_s(text, second, speed) <= length
