"""`melodrama evaluate numerals` and `evaluate shares`: what they compare and what they print."""

import pytest
from music21 import converter

from engine.models import Models
from engine.teach.parameters import PARAMETERS
from engine.train.numerals_beside import Tally, compare_piece
from engine.train.numerals_beside import main as numerals_main
from engine.train.shares import figure, mode_effect, shares_of, table

CHORALE = """Composer: nobody
Time Signature: 4/4
m1 C: I b2 IV b3 V7 b4 vi
m2 ii6 b2 V b3 I
m3 a: i b2 iiø65 b3 V b4 i
"""


def test_every_chord_of_an_analysis_by_hand_is_compared_with_ours_and_music21s() -> None:
    tally = Tally()
    compare_piece(converter.parse(CHORALE, format="romantext"), tally)
    assert tally.of["ours, people's"] == tally.of["music21's, people's"] == 11
    assert tally.same["ours, people's"] == 11


def test_a_name_that_differs_is_counted_with_both_readings() -> None:
    tally = Tally()
    tally.add("ours", "V", "V")
    tally.add("ours", "V", "III")
    assert (tally.same["ours"], tally.of["ours"]) == (1, 2)
    assert tally.unlike["ours", "V", "III"] == 1


def test_numerals_prints_shares_of_a_corpus(capsys: pytest.CaptureFixture[str]) -> None:
    assert numerals_main(["--chorales", "1", "--madrigals", "0"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "1 pieces"
    told = {line.split(":")[0]: line for line in lines[1:] if " of " in line}
    assert {"ours, people's", "music21's, people's", "cadence"} <= set(told)


def test_shares_of_every_parameter_are_told_with_their_spread() -> None:
    found = list(shares_of(["piano"], Models("cpu", "debug"), 1, 3))
    assert found
    rows = table(found)
    assert rows[0].startswith("| parameter |")
    assert {row.strip("| ").split(" |")[0] for row in rows[2:]} == set(PARAMETERS)
    assert all("±" in row for row in rows[2:])
    valence, arousal = mode_effect(found)
    assert -2 <= valence <= 2
    assert -2 <= arousal <= 2


def test_the_figure_of_no_cues_is_nothing() -> None:
    assert figure([]).cues == 0
    assert figure([1.0, 3.0]) == figure([3.0, 1.0])
    assert (figure([1.0, 3.0]).mean, figure([1.0, 3.0]).spread) == (2.0, 1.0)
