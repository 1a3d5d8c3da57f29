"""Written lengths: as players expect to read them in each metre."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.plan import Meter
from engine.render.notation.bars import SIXTY_FOURTH, TICKS, bar_ticks
from engine.render.notation.note_values import VALUES, tuplet_over, values, with_tuplets

Q = TICKS
E, S = Q // 2, Q // 4
"""A quarter, an eighth, a sixteenth in ticks."""


def written(start: int, end: int, meter: Meter, rest: bool = False) -> list[str]:
    return [v.type + "." * v.dots for v in values(start, end, meter, rest)]


@pytest.mark.parametrize(
    ("start", "end", "meter", "types"),
    [
        (0, 4 * Q, "4/4", ["whole"]),
        (0, 3 * Q, "4/4", ["half."]),
        (Q, 3 * Q, "4/4", ["half"]),  # quarter, half, quarter
        (E, 3 * E, "4/4", ["quarter"]),  # eighth, quarter, eighth
        (3 * E, 5 * E, "4/4", ["eighth", "eighth"]),  # not across the middle of the bar
        (Q, 5 * E, "4/4", ["quarter", "eighth"]),
        (3 * S, 3 * E, "4/4", ["16th", "eighth"]),
        (S, 3 * S, "4/4", ["eighth"]),  # 16th, eighth, 16th
        (0, 5 * E, "4/4", ["half", "eighth"]),
        (0, 3 * Q, "3/4", ["half."]),
        (0, 3 * E, "6/8", ["quarter."]),
        (Q, 2 * Q, "6/8", ["eighth", "eighth"]),
        (0, 2 * Q, "6/8", ["quarter.", "eighth"]),
        (0, 3 * Q, "6/8", ["half."]),
        (0, 7 * E, "7/8", ["half", "quarter."]),
    ],
)
def test_a_length_shows_the_beats_of_its_bar(start: int, end: int, meter: str, types: list[str]) -> None:
    numerator, denominator = map(int, meter.split("/"))
    assert written(start, end, Meter(numerator, denominator)) == types


@pytest.mark.parametrize(
    ("start", "end", "types"),
    [
        (Q, 4 * Q, ["quarter", "half"]),
        (E, 2 * Q, ["eighth", "quarter"]),
        (Q, 3 * Q, ["quarter", "quarter"]),
        (0, 3 * Q, ["half", "quarter"]),
    ],
)
def test_a_rest_hides_no_beat_and_has_no_dot(start: int, end: int, types: list[str]) -> None:
    assert written(start, end, Meter(), rest=True) == types


@given(
    st.sampled_from(
        [Meter(), Meter(3, 4), Meter(6, 8), Meter(5, 8), Meter(2, 2), Meter(12, 8), Meter(3, 32)]
    ),
    st.data(),
    st.booleans(),
)
def test_values_fill_what_they_are_given_whatever_the_metre(
    meter: Meter, data: st.DataObject, rest: bool
) -> None:
    steps = bar_ticks(meter) // SIXTY_FOURTH
    start = data.draw(st.integers(0, steps - 1)) * SIXTY_FOURTH
    end = data.draw(st.integers(start // SIXTY_FOURTH + 1, steps)) * SIXTY_FOURTH
    pieces = values(start, end, meter, rest)
    assert [p.start for p in pieces[1:]] == [p.end for p in pieces[:-1]]
    assert (pieces[0].start, pieces[-1].end) == (start, end)
    for piece in pieces:
        assert VALUES[piece.end - piece.start] == (piece.type, piece.dots)


def test_three_in_a_beat_are_triplet_eighths_and_two_of_them_a_quarter() -> None:
    triplet = tuplet_over(Q, 2 * Q, 3)
    assert (triplet.actual, triplet.normal, triplet.unit) == (3, 2, "eighth")
    pieces = list(with_tuplets(Q, 5 * Q // 3, Meter(), [triplet])) + list(
        with_tuplets(5 * Q // 3, 4 * Q, Meter(), [triplet])
    )
    assert [(p.type, p.tuplet is not None) for p in pieces] == [
        ("quarter", True),
        ("eighth", True),
        ("half", False),
    ]
    assert tuplet_over(0, Q, 5).unit == "16th"
