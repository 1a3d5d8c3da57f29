"""`@feel`: how some words are to be read, wherever they stand."""

from pathlib import Path

import pytest

from dsl.check import check_source
from dsl.diagnostics import Finding
from dsl.feelings import OwnReadings, felt_in, point_of
from dsl.format import format_document
from dsl.plan_json import plan_from_dict, plan_meaning, plan_to_dict
from dsl.planner import plan_document


def checked(text: str, folder: Path | None = None):  # type: ignore[no-untyped-def]
    found = check_source(text, folder)
    return found, plan_document(found.document, folder or Path("."))


def findings(text: str, folder: Path | None = None) -> dict[str, Finding]:
    return {finding.code: finding for finding in check_source(text, folder).findings}


def felt(declared: str, line: str) -> tuple[str, ...]:
    """The words of the readings that count for a line taken as one sentence."""
    _, plan = checked(f"{declared}\n{line}\n")
    own = OwnReadings(plan.feelings)
    return tuple(one.words for one in felt_in(line, own.named(line), 0, len(line)))


def test_it_is_declared_in_both_languages_with_and_without_an_intensity() -> None:
    declared = '@feel "Go." hope 0.5\n@读作 “走吧” 绝望\n@feel "Stay" v=-0.2 a=0.4\n'
    found, plan = checked(f"{declared}Go. Stay. 走吧。\n")
    assert not found.has_errors
    assert [(one.words, one.name, one.intensity) for one in plan.feelings] == [
        ("Go.", "hope", 0.5),
        ("走吧", "绝望", 1.0),
        ("Stay", None, 1.0),
    ]
    assert [round(one.valence, 3) for one in plan.feelings] == [0.3, -0.8, -0.2]


def test_a_mood_of_the_score_may_be_what_is_felt() -> None:
    found, plan = checked('@mood dusk = -0.4 -0.6\n@feel "Go." dusk 0.5\nGo.\n')
    assert "I318" not in {finding.code for finding in found.findings}
    assert (plan.feelings[0].valence, plan.feelings[0].arousal) == (-0.2, -0.3)


@pytest.mark.parametrize(
    ("words", "line", "is_meant"),
    [
        ("she went home", "She  went Home.", True),
        ("home", "He was homesick.", False),
        ("home", "A home, a house.", True),
        ("don't go", "“Don’t go!”", True),
        ("She laughed.", "She laughed bitterly.", False),
        ("天空", "望着远方的天空，", True),
        ("OK", "他说OK然后走了", True),
        ("1999", "In 1999 it rained.", True),
    ],
)
def test_words_are_found_as_a_reader_would_find_them(words: str, line: str, is_meant: bool) -> None:
    assert bool(felt(f'@feel "{words}" hope', line)) is is_meant


def test_the_whole_sentence_comes_before_a_phrase_and_longer_words_before_shorter() -> None:
    declared = '@feel "the old house" dread\n@feel "house" calm\n@feel "He left the old house" hope'
    assert felt(declared, "He left the old house.") == ("He left the old house",)
    assert felt(declared, "She loved the old house.") == ("the old house",)
    assert felt(declared, "A house.") == ("house",)


def test_of_several_words_in_a_sentence_the_mean_counts() -> None:
    _, plan = checked('@feel "rain" v=-0.4 a=0\n@feel "sun" v=0.8 a=0.2\nRain and sun, rain and sun.\n')
    line = plan.cues[0].lines[0].text
    own = felt_in(line, OwnReadings(plan.feelings).named(line), 0, len(line))
    point = point_of(own)
    assert [one.words for one in own] == ["rain", "sun"]
    assert (point.valence, point.arousal) == pytest.approx((0.2, 0.1))


def test_unknown_emotions_get_the_one_that_is_meant() -> None:
    finding = findings('@feel "Go." hop 0.5\nGo.\n')["E302"]
    assert finding.hint == "Did you mean hope?"
    assert finding.fix is not None
    assert finding.fix.text == "hope"


def test_words_that_hold_no_letter_are_refused() -> None:
    assert "E210" in findings('@feel "……" hope\nGo.\n')


def test_the_same_words_twice_are_an_error_that_says_where_the_first_are() -> None:
    finding = findings('@feel "Go now" hope\n@feel "go  now" fear\nGo now.\n')["E313"]
    assert (finding.span.line, "line 1" in finding.message) == (2, True)


def test_check_says_which_line_is_read_as_the_writer_says_and_by_which_declaration(tmp_path: Path) -> None:
    (tmp_path / "readings.score").write_text('@feel "a whole village" joy 0.7\n')
    text = '@include "readings.score"\nThe dog came. {hit} Then a whole village.\nStay.\n'
    finding = findings(text, tmp_path)["I340"]
    assert "joy 0.7" in finding.message
    assert "readings.score:1" in finding.message
    line = text.splitlines()[1]
    assert line[finding.span.column - 1 : finding.span.end_column - 1] == "a whole village"


def test_a_reading_about_nothing_is_told_unless_other_scores_share_it(tmp_path: Path) -> None:
    (tmp_path / "readings.score").write_text('@feel "elsewhere" joy 0.7\n')
    text = '@include "readings.score"\n@feel "nowhere" joy\nGo.\n'
    found = [f for f in check_source(text, tmp_path).findings if f.code == "I341"]
    assert [f.span.line for f in found] == [2]


def test_a_damaged_readings_file_says_where_and_what_is_whole_still_counts(tmp_path: Path) -> None:
    (tmp_path / "readings.score").write_text('@feel "Go" hope\n@feel "Stay\n@feel "Run" feer 0.4\n')
    text = '@include "readings.score"\nGo. Stay. Run.\n'
    found, plan = checked(text, tmp_path)
    messages = [f.message for f in found.findings if f.code == "E506"]
    assert any("readings.score:2" in message for message in messages)
    assert any("readings.score:3" in message and "feer" in message for message in messages)
    assert next(iter(plan.feelings)).words == "Go"


def test_the_formatter_evens_the_spacing_and_leaves_the_words_alone() -> None:
    text = '@feel   "He  said: \\"no\\" // never"    hope   0.6\nGo.\n'
    formatted, found = format_document(text)
    assert not found
    assert formatted.splitlines()[0] == '@feel "He  said: \\"no\\" // never" hope 0.6'


def test_readings_change_what_a_plan_means_and_survive_json() -> None:
    _, without = checked("Go.\n")
    _, with_one = checked('@feel "Go." hope\nGo.\n')
    assert plan_meaning(without) != plan_meaning(with_one)
    assert plan_from_dict(plan_to_dict(with_one)) == with_one


def test_many_readings_and_many_lines_take_no_time() -> None:
    import time

    declared = "".join(f'@feel "word{n} here" hope 0.5\n' for n in range(3000))
    text = declared + "".join(f"Then word{n} here was all that was left of it.\n" for n in range(3000))
    began = time.process_time()
    found = check_source(text)
    assert sum(f.code == "I340" for f in found.findings) > 900  # as many as are shown
    assert time.process_time() - began < 15


def test_many_readings_that_begin_alike_take_no_time() -> None:
    import time

    declared = "".join(f'@feel "the {n}th" hope 0.5\n' for n in range(2500))
    text = declared + "".join(f"The way, the path, the end: the {n}th of the day.\n" for n in range(2500))
    began = time.process_time()
    found = check_source(text)
    assert sum(f.code == "I340" for f in found.findings) > 900
    assert time.process_time() - began < 5
