"""Matching two lists: as many pairs as there can be, in order, and soon found where everything repeats."""

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl import matching_lines
from dsl.matching_lines import matches

_lists = st.lists(st.sampled_from("abcd"), max_size=12)


def _longest(old: list[str], new: list[str]) -> int:
    """The textbook's table (Cormen et al., Introduction to Algorithms, 14.4)."""
    above = [0] * (len(old) + 1)
    for element in new:
        row = [0]
        for place, one in enumerate(old):
            row.append(above[place] + 1 if one == element else max(row[-1], above[place + 1]))
        above = row
    return above[-1]


@pytest.mark.parametrize("kept_bits", [1 << 28, 6])
@given(old=_lists, new=_lists)
def test_a_longest_common_subsequence_is_found(kept_bits: int, old: list[str], new: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching_lines, "_KEPT_BITS", kept_bits)
        found = matches(old, new)
    assert all(old[one] == new[other] for one, other in found)
    assert all(before[0] < after[0] and before[1] < after[1] for before, after in pairwise(found))
    assert len(found) == _longest(old, new)


def test_lists_of_a_few_lines_over_and_over_take_no_longer_than_others() -> None:
    old = [f"La {n % 7}" for n in range(8000)]
    new = [f"La {n * n % 5}" for n in range(8000)]
    started = process_time()
    matches(old, new)
    assert process_time() - started < 2.0


def test_beyond_the_limit_the_common_ends_are_matched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching_lines, "MOST_CELLS", 3)
    assert matches("axyb", "ayxb") == [(0, 0), (3, 3)]


def test_two_lines_changed_in_a_story_of_ten_novels_are_two_lines() -> None:
    old = [f"Line {n}." for n in range(36_000)]
    new = [*old[:20], "Another.", *old[21:-20], "And one more.", *old[-19:]]
    started = process_time()
    assert len(matches(old, new)) == 35_998
    assert process_time() - started < 4.0
