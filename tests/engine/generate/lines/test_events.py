"""Lines as events, and what returns in them."""

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from engine.generate.grid import FIRST_PITCH, HOLD, REST
from engine.generate.lines import events as e
from engine.generate.lines.returns import How, find_returns

Tokens = npt.NDArray[np.uint8]


@st.composite
def lines(draw: st.DrawFn) -> Tokens:
    """A line of 1–6 bars of 4/4, notes up to a bar and a half long."""
    bars = draw(st.integers(1, 6))
    tokens = np.zeros(bars * 16, np.uint8)
    at = 0
    while at < len(tokens):
        length = draw(st.integers(1, 24))
        if draw(st.booleans()):
            tokens[at] = FIRST_PITCH + draw(st.integers(0, 43))
            tokens[at + 1 : at + length] = HOLD
        at += length
    return tokens


@given(lines())
def test_a_line_told_by_its_events_is_the_same_line(
    tokens: Tokens,
) -> None:
    bars = len(tokens) // 16
    row, step = e.timeline(np.full(bars, 16))
    found = e.events_of(tokens, row, step, np.zeros(len(tokens), np.int64), 48, np.ones(len(tokens), bool))
    again = np.zeros_like(tokens)
    time = found.row * 16 + found.step
    for at, pitch, steps in zip(time, found.pitch, found.steps, strict=True):
        if pitch < e.REST:
            again[at] = FIRST_PITCH + pitch + e.LOWEST - 48
            again[at + 1 : at + steps] = HOLD
    assert (again == tokens).all()
    assert (np.diff(time) == found.steps[:-1]).all(), "events follow each other without a gap"
    rests = found.pitch == e.REST
    assert (found.step[rests] + found.steps[rests] <= 16).all(), "rests end at bar lines"


TUNE = np.array([60, HOLD, 62, HOLD, 64, HOLD, HOLD, HOLD, 67, HOLD, HOLD, HOLD, 64, HOLD, HOLD, HOLD])


def _bar(pitches: list[int]) -> Tokens:
    tokens = np.where(TUNE == HOLD, HOLD, REST)
    tokens[TUNE != HOLD] = [p - 48 + FIRST_PITCH for p in pitches]
    return tokens.astype(np.uint8)


def _returns(*bars: Tokens) -> list[tuple[int, str, int]]:
    count = len(bars)
    zero = np.zeros(count, np.int64)
    found = find_returns(np.stack(bars), 48, zero, zero, np.zeros(count, bool))
    return [
        (int(s), How(int(h)).name, int(by))
        for s, h, by in zip(found.source, found.how, found.shift, strict=True)
    ]


def test_what_returns_is_known_and_how() -> None:
    other = np.zeros(16, np.uint8)
    other[[0, 3, 6, 11]] = FIRST_PITCH + 20
    first, again = _bar([60, 62, 64, 67, 64]), _bar([60, 62, 64, 67, 64])
    step_up = _bar([62, 64, 65, 69, 65])
    jumble = _bar([71, 60, 69, 62, 72])
    ending = again.copy()
    ending[12] += 3
    assert _returns(first, other, again)[2] == (0, "SAME", 0)
    assert _returns(first, other, step_up)[2] == (0, "SEQUENCE", 1)
    assert _returns(first, other, jumble)[2] == (0, "RHYTHM", 0)
    assert _returns(first, other, ending)[2] == (0, "VARIED", 0)
    assert [how for _, how, _ in _returns(first, other)] == ["NEW", "NEW"]


def test_a_sequence_in_minor_keeps_to_the_scale() -> None:
    first, up = _bar([60, 62, 63, 67, 63]), _bar([62, 63, 65, 68, 65])
    zero = np.zeros(2, np.int64)
    found = find_returns(np.stack([first, up]), 48, zero, zero, np.ones(2, bool))
    assert How(int(found.how[1])) is How.SEQUENCE
    assert found.shift[1] == 1
