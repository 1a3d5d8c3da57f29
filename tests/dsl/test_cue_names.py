"""What cues are called: numbers as people write them, names that no other cue's coming changes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.check import check_source
from dsl.cue_names import cue_label, cue_number, file_stem
from dsl.format import format_text
from dsl.parse import parse
from dsl.planner import plan_document
from dsl.syntax import CueHeading

LINE = "She ran down the hill, laughing, and nobody was waiting for her.\n"


def heading(text: str) -> tuple[str | None, str]:
    (item,) = parse(text + "\n").items
    assert isinstance(item, CueHeading)
    return (item.number.text if item.number else None), item.title


def ids(text: str) -> dict[str, str]:
    """title or number as written → id"""
    plan = plan_document(check_source(text.encode()).document, Path())
    return {cue_label(cue.id, cue.title): cue.id for cue in plan.cues}


@pytest.mark.parametrize(
    ("line", "number", "title"),
    [
        ("# 1m1 The cliff", "1m1", "The cliff"),
        ("# 2M04a", "2M04a", ""),
        ("# 1m1悬崖", "1m1", "悬崖"),
        ("# L3 Explore", "L3", "Explore"),
        ("# L3B Boss door", "L3B", "Boss door"),
        ("# A1", "A1", ""),
        ("# boss_door", "boss_door", ""),
        ("# boss_door 首领之门", "boss_door", "首领之门"),
        ("# 门_1 首领之门", "门_1", "首领之门"),
        ("# 3 days later", "3", "days later"),
        ("# 9-to-5", "9-to-5", ""),
        ("# level-2 Caves", "level-2", "Caves"),
        ("# 1m1-alt The cliff", "1m1-alt", "The cliff"),
        ("#\u30001m1\u3000悬崖", "1m1", "悬崖"),
        ("# The cliff", None, "The cliff"),
        ("# Part 2", None, "Part 2"),
        ("# well-known places", None, "well-known places"),
        ("# 第一章 风起", None, "第一章 风起"),
        ("# 2024年的夏天", None, "2024年的夏天"),
        ("# 3天后", None, "3天后"),
        ("# 3. Dawn", None, "3. Dawn"),
        ("# L3: Explore", None, "L3: Explore"),
        ("#", None, ""),
    ],
)
def test_a_first_word_with_a_digit_or_an_underscore_is_the_number(
    line: str, number: str | None, title: str
) -> None:
    assert heading(line) == (number, title)
    assert heading(format_text(line + "\n").rstrip("\n")) == (number, title)


@pytest.mark.parametrize("new", ["# 0m9 New\n", "# New\n", "# boss_1\n", "# Storm again\n"])
@pytest.mark.parametrize("place", range(5))
def test_a_cue_that_comes_in_renames_no_other(new: str, place: int) -> None:
    cues = ["# 1m1 The cliff\n", "# Homecoming\n", "# L3 Explore\n", "# 夜雨\n"]
    before = ids("".join(cue + LINE for cue in cues))
    cues.insert(place, new)
    after = ids("".join(cue + LINE for cue in cues))
    assert {name: after[name] for name in before} == before
    assert len(set(after.values())) == 5


def test_long_headings_that_begin_alike_keep_names_of_their_own() -> None:
    place = "INT. ABANDONED WAREHOUSE BY THE DOCKS, UPPER FLOOR"
    before = ids(f"# {place} - NIGHT\n{LINE}# {place} - DAY\n{LINE}")
    after = ids(f"# {place} - NIGHT, LATER\n{LINE}# {place} - NIGHT\n{LINE}# {place} - DAY\n{LINE}")
    assert {name: after[name] for name in before} == before
    assert len(set(after.values())) == 3


@pytest.mark.parametrize("title", ["长" * 300, "𠀀" * 300, "é" * 300, "a" * 300])
def test_the_name_of_a_cue_leaves_room_in_a_file_name(title: str) -> None:
    (name,) = ids(f"# {title}\n{LINE}").values()
    assert 20 <= len(name) <= 80
    assert len(name.encode()) <= 120


def test_names_come_from_numbers_and_titles() -> None:
    text = "".join(
        f"# {one}\n{LINE}" for one in ("1m1 The cliff", "Homecoming at last!", "夜雨", "L3 Explore")
    )
    assert list(ids(text).values()) == ["1m1", "Homecoming-at-last", "夜雨", "L3"]


def test_equal_names_are_told_apart_and_the_written_one_keeps_its_own() -> None:
    text = "".join(f"# {one}\n{LINE}" for one in ("Rain 1", "Rain-1 Wet", "Rain 1", "1m1", "1M1", "", ""))
    plan = plan_document(check_source(text.encode()).document, Path())
    names = [cue.id for cue in plan.cues]
    assert names[1] == "Rain-1"
    assert len({name.casefold() for name in names}) == 7


@given(st.lists(st.text("aA1_- é章\t#{\\", max_size=8), max_size=8))
def test_every_cue_has_a_file_name_of_its_own(titles: list[str]) -> None:
    text = "".join(f"# {title}\n{LINE}" for title in titles)
    plan = plan_document(check_source(text.encode()).document, Path())
    stems = [file_stem(cue.id).casefold() for cue in plan.cues]
    assert len(set(stems)) == len(stems)
    assert all(stem and not set(stem) & set('/\\:*?"<>| \t') and stem[0] != "." for stem in stems)


@pytest.mark.parametrize("name", ["con", "AUX", "com1", "lpt9", "nul.x"])
def test_no_file_is_called_like_a_device(name: str) -> None:
    assert file_stem(name) != name


def test_people_are_told_number_and_title_and_no_name_that_nobody_wrote() -> None:
    assert cue_label("1m1", "The cliff") == "1m1 The cliff"
    assert cue_label("The-cliff", "The cliff") == "The cliff"
    assert cue_label("The-cliff-2", "The cliff") == "The cliff"
    assert cue_label("cue3", "") == "cue3"
    assert cue_label("L3", "") == "L3"


@given(st.text(max_size=40))
def test_a_number_is_a_word_with_a_digit_or_an_underscore(text: str) -> None:
    number = cue_number(text.strip())
    assert text.strip().startswith(number)
    assert not number or any(c == "_" or c.isdigit() for c in number)
