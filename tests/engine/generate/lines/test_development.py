"""Themes come back after their first entry, moved, answered or lengthened, and are still known."""

from dataclasses import replace

import numpy as np
import pytest

from engine.generate.grid import FIRST_PITCH, HOLD, line_notes
from engine.generate.lines.conditions import slots_of
from engine.generate.lines.development import Developed, Theme, developed
from engine.generate.lines.form_model import FormPlan
from engine.generate.lines.returns import How
from engine.generate.request import MotifPlacement, Take, ThemeNote
from engine.generate.sampling import Generator
from tests.engine.generate.test_shipped import ask

LOW = 48


def _form(bars: int, phrase: int = 4) -> FormPlan:
    return FormPlan(
        np.arange(bars) % phrase == 0,
        np.full(bars, -1),
        np.full(bars, int(How.NEW)),
        np.zeros(bars, np.int64),
    )


def _theme(bars: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    tokens = np.zeros((bars, 16), np.uint8)
    tokens[0, [0, 4, 8]] = FIRST_PITCH + np.array([60, 64, 67]) - LOW
    tokens[0, [1, 2, 3, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15]] = HOLD
    tokens[1, 0] = FIRST_PITCH + 65 - LOW
    tokens[1, 1:16] = HOLD
    return tokens


def _developed(form: FormPlan, bars: int = 32, playing: bool = True) -> Developed:
    fixed = np.zeros(bars, np.bool_)
    fixed[:2] = True
    chords = np.zeros((bars, 4, 3), np.int8)
    chords[:, :, 0] = chords[:, :, 2] = 7  # G major throughout
    return developed(
        form,
        [Theme("m", 0, 2)],
        _theme(bars),
        fixed,
        np.full(bars, playing),
        np.zeros(bars, np.int64),
        False,
        slots_of(chords),
    )


def test_every_other_free_phrase_takes_the_theme_up_in_turn() -> None:
    found = _developed(_form(32)).developments
    assert [(d.bar, d.how) for d in found] == [
        (4, "sequence"),
        (12, "answer"),
        (20, "lengthened"),
        (28, "sequence"),
    ]


def test_a_sequence_stands_on_the_degree_that_fits_the_chords_under_it() -> None:
    form = _developed(_form(32)).form
    assert (form.source[4:6] == [0, 1]).all()
    assert (form.how[4:6] == How.SEQUENCE).all()
    # C E G F in C, over G: on the fifth or the fourth below, G B D C, the tones of G sound longest.
    assert set(form.shift[4:6].tolist()) <= {4, -3}


def test_lengthened_notes_are_given_twice_as_long() -> None:
    grown = _developed(_form(32))
    start, end, _ = line_notes(grown.given[20:24].reshape(-1), LOW)
    assert (end - start).tolist() == [8, 8, 16, 32]
    assert grown.fixed[20:24].all()


def test_what_returns_is_left_to_return_and_silent_bars_stay_silent() -> None:
    form = _form(32)
    how, source = form.how.copy(), form.source.copy()
    how[4:8], source[4:8] = How.VARIED, np.arange(4)
    found = _developed(replace(form, how=how, source=source)).developments
    assert [(d.bar, d.how) for d in found][:2] == [(4, "varied"), (8, "sequence")]
    assert not _developed(_form(32), playing=False).developments


@pytest.fixture(scope="module")
def takes() -> list[Take]:
    pitches = ((0, 4, 64), (4, 2, 67), (6, 2, 69), (8, 8, 71), (16, 4, 69), (20, 4, 67), (24, 8, 64))
    theme = tuple(ThemeNote(start, steps, pitch, 90) for start, steps, pitch in pitches)
    request = ask("piano")
    request = replace(
        request,
        bars=24,
        intents=(request.intents * 24)[:24],
        motifs=(MotifPlacement(0, "m", notes=theme),),
    )
    return Generator.load().compose([request], range(1, 7))[0]


def test_a_theme_is_quoted_first_and_known_again_where_it_is_developed(takes: list[Take]) -> None:
    alike = []
    for take in takes:
        assert (take.themes[0].how, take.themes[0].bar) == ("quoted", 0)
        assert len(take.themes) >= 2
        rhythm = _onsets(take, 0)
        for entry in take.themes[1:]:
            if entry.how != "lengthened" and entry.bars == 2:
                own = _onsets(take, entry.bar)
                alike.append(len(rhythm & own) / len(rhythm | own))
    assert np.mean(alike) > 0.7


def _onsets(take: Take, bar: int) -> set[int]:
    return {n.start - bar * 16 for n in take.roles["melody"] if bar * 16 <= n.start < bar * 16 + 32}


def test_the_phrases_of_a_take_fill_it(takes: list[Take]) -> None:
    for take in takes:
        assert take.form[0].bar == 0
        assert sum(phrase.bars for phrase in take.form) == 24
        assert take.form[0].letter == "A"
