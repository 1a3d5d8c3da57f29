"""The arc: small flickers smoothed, real turns kept sharp."""

import pytest

from engine.text.arc import arc, turns
from engine.text.reading import Reading


def reading(valence: float, text: str = "line", confidence: float = 0.7) -> Reading:
    polarity = "positive" if valence > 0 else "negative"
    return Reading(text, "en", polarity, abs(valence), valence, valence, 0.0, 0.0, {}, confidence)


def test_a_flicker_is_smoothed() -> None:
    points = arc([reading(v) for v in (0.3, 0.3, 0.0, 0.3, 0.3)], [0, 3, 6, 9, 12])
    assert points[2][1] > 0.1


def test_a_turn_turns_at_once() -> None:
    lines = [reading(0.5), reading(0.5), reading(-0.6, "But then the phone rang."), reading(-0.6)]
    points = arc(lines, [0, 3, 6, 9])
    assert points[1][1] > 0.4
    assert points[2][1] < -0.5


def test_a_line_without_words_takes_its_neighbours_feeling() -> None:
    points = arc([reading(0.6), reading(0.0, "…", 0.0), reading(0.6)], [0, 2, 4])
    assert points[1][1] > 0.5


def test_times_are_kept_and_nothing_gives_nothing() -> None:
    assert arc([], []) == []
    assert [t for t, _, _ in arc([reading(0.1), reading(0.2)], [1.5, 9.0])] == [1.5, 9.0]


def test_unequal_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="times"):
        arc([reading(0.1)], [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("但是他没有来。", True),
        ("他笑了，突然，灯灭了。", True),
        ("But nobody came.", True),
        ("They danced, until the music stopped.", True),
        ("She has nothing but rice.", False),
        ("他可爱极了。", False),
    ],
)
def test_turn_words(text: str, expected: bool) -> None:
    assert turns(text) is expected
