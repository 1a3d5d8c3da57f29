"""The yardstick: what it must and must not tell apart."""

from pathlib import Path

import numpy as np
import pytest

from engine.errors import MediaError
from engine.generate.grid import FIRST_PITCH, HOLD
from engine.generate.lines.returns import How
from engine.train.music.measures import PhraseSet
from engine.train.music.realness import form_table
from engine.train.music.realness.form_table import return_shares
from engine.train.music.realness.lines import Windows, counting, joined, mixed, notes_of, shuffled

pytest.importorskip("sklearn")


def _windows(count: int, seed: int, leap: int) -> Windows:
    """Lines that walk by at most `leap` semitones in a bar rhythm of their own."""
    rng = np.random.default_rng(seed)
    tokens = np.zeros((3, count * 8, 16), np.uint8)
    for window in range(count):
        rhythm = np.sort(rng.choice(16, 4, replace=False))
        pitch = 15
        for bar in range(window * 8, window * 8 + 8):
            tokens[0, bar] = HOLD
            for step in rhythm:
                pitch = int(np.clip(pitch + rng.integers(-leap, leap + 1), 2, 40))
                tokens[0, bar, step] = FIRST_PITCH + pitch
        tokens[0, window * 8, : rhythm[0]] = 0
    bars = count * 8
    sets = np.zeros((2, bars, 16), np.int64)
    phrases = PhraseSet(
        tokens, sets, sets, np.ones((bars, 5), bool), np.zeros((bars, 4, 3), np.int8),
        np.zeros(bars, np.int64), np.zeros(bars, bool),
    )  # fmt: skip
    return Windows(phrases, np.arange(count) // 2)


def test_lines_of_one_kind_are_not_told_apart_and_of_two_kinds_are() -> None:
    from engine.train.music.realness.judges import forest, network

    one, same, other = _windows(40, 1, 3), _windows(40, 2, 3), _windows(40, 3, 9)
    assert forest(one, same, "melody").auc < 0.7
    verdict = forest(one, other, "melody")
    assert verdict.auc > 0.95
    assert any("interval" in name or "steps" in name for name, _, _ in verdict.telling)
    assert network(one, other, "melody").auc > 0.85


def test_controls_keep_their_bars() -> None:
    real = _windows(12, 4, 3)
    rng = np.random.default_rng(0)
    again = shuffled(real, rng)
    before = np.sort(real.phrases.tokens[0].reshape(12, 8, 16), axis=1)
    after = np.sort(again.phrases.tokens[0].reshape(12, 8, 16), axis=1)
    assert (before == after).all()
    assert len(counting(mixed(real, rng), 0)) > 0
    assert all(len(notes) == 32 for notes in notes_of(real, 0))


def test_joined_sets_keep_their_works_apart() -> None:
    both = joined([_windows(4, 1, 3), _windows(4, 2, 3)])
    assert len(both) == 8
    assert len(np.unique(both.piece)) == 4


def test_folk_tunes_count_from_their_gong_or_yu(tmp_path: Path) -> None:
    pretty_midi = pytest.importorskip("pretty_midi")
    from engine.train.music.realness.folk import folk_windows

    for name, last in (("gong", 67), ("yu", 64)):  # in G: gong G, yu E
        midi = pretty_midi.PrettyMIDI(initial_tempo=120)
        midi.time_signature_changes.append(pretty_midi.TimeSignature(2, 4, 0))
        midi.key_signature_changes.append(pretty_midi.KeySignature(7, 0))
        voice = pretty_midi.Instrument(0)
        for number in range(64):
            pitch = last if number == 63 else (67, 69, 71, 74)[number % 4]
            voice.notes.append(pretty_midi.Note(80, pitch, number * 0.25, number * 0.25 + 0.25))
        midi.instruments.append(voice)
        (tmp_path / name).mkdir()
        midi.write(str(tmp_path / name / "tune.mid"))
    gong = folk_windows(tmp_path / "gong")
    yu = folk_windows(tmp_path / "yu")
    assert not gong.phrases.minor.any()
    assert yu.phrases.minor.all()
    assert set((notes_of(gong, 0)[0][:, 2] % 12).tolist()) == {0, 2, 4, 7}
    assert set((notes_of(yu, 0)[0][:, 2] % 12).tolist()) == {0, 3, 5, 7, 10}
    with pytest.raises(MediaError):
        folk_windows(tmp_path / "nothing")


def test_shares_of_returns_count_what_comes_back_from_within_a_window() -> None:
    source = np.array([[-1, 0, -1, -1, 0, 1, -1, -1], [-1, -1, -1, -1, -1, -1, -1, -1]])
    how = np.array([[How.NEW, How.RHYTHM, 0, 0, How.SAME, How.VARIED, How.SAME, 0], [How.SAME] * 8])
    shares = return_shares(source, how)
    assert shares["bars the same"] == pytest.approx(1 / 16)  # what comes from before the window is new in it
    assert shares["bars new"] == pytest.approx(13 / 16)
    assert shares["from 4 bars back"] == pytest.approx(2 / 16)
    assert shares["from 1 bars back"] == pytest.approx(1 / 16)
    assert sum(value for name, value in shares.items() if name.startswith("bars")) == pytest.approx(1)
    assert "| bars new |" in form_table.markdown(shares, shares)
