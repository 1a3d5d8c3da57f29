"""Keys and chords found in notes."""

import numpy as np

from engine.music.analysis import find_chords, find_keys
from engine.music.theory import QUALITIES, chord_pitch_classes


def profile(*pitch_classes: int) -> np.ndarray:
    result = np.zeros(12)
    result[list(pitch_classes)] = 4.0
    return result


def test_a_cadence_in_every_major_key_is_found() -> None:
    for tonic in range(12):
        bars = [[0, 4, 7], [5, 9, 0], [7, 11, 2, 5], [0, 4, 7]] * 2
        profiles = np.array([profile(*((pc + tonic) % 12 for pc in bar)) for bar in bars])
        assert set(find_keys(profiles).tolist()) == {tonic}


def test_the_signature_and_the_bass_decide_between_relative_keys() -> None:
    bars = np.array([profile(9, 0, 4), profile(5, 9, 0), profile(4, 7, 11), profile(9, 0, 4)])
    bass = np.zeros((4, 12))
    bass[[0, 1, 2, 3], [9, 5, 4, 9]] = 1.0
    assert set(find_keys(bars, bass, np.zeros(4, dtype=np.int64)).tolist()) == {12 + 9}


def test_a_passing_dominant_does_not_change_the_key() -> None:
    home, dominant_of_dominant = profile(0, 4, 7), profile(2, 6, 9)
    keys = find_keys(np.array([home, home, dominant_of_dominant, profile(7, 11, 2), home, home]))
    assert set(keys.tolist()) == {0}


def test_silence_and_a_single_bar_are_no_error() -> None:
    assert len(find_keys(np.zeros((3, 12)))) == 3
    assert len(find_keys(np.zeros((0, 12)))) == 0
    roots, qualities = find_chords(np.zeros((0, 12)), np.zeros(0, dtype=np.int64), np.zeros(0))
    assert len(roots) == len(qualities) == 0


def test_plain_chords_are_named_under_a_passing_tone() -> None:
    wanted = [(0, "maj"), (9, "min"), (7, "7"), (11, "dim")]
    slots = np.array([profile(*chord_pitch_classes(root, q)) for root, q in wanted])  # type: ignore[arg-type]
    slots[1, 11] = 0.6
    roots, qualities = find_chords(slots, np.array([0, 9, 7, 11]), np.full(4, 0.3))
    assert [(int(r), QUALITIES[q]) for r, q in zip(roots, qualities, strict=True)] == wanted


def test_a_weak_slot_keeps_the_chord_before() -> None:
    strong, faint = profile(0, 4, 7), np.zeros(12)
    faint[2] = 0.3
    roots, _ = find_chords(np.array([strong, faint, strong]), np.array([0, 2, 0]), np.full(3, 0.6))
    assert roots.tolist() == [0, 0, 0]
