"""Finding keys and chords in notes: for training data, for a motif a writer gives, for any MIDI.

Keys by Temperley's Bayesian profiles (minor with natural sevenths) with a sticky path through the bars and
the key signature as a prior; chords by template matching per slot with a weight on the bass and a smoothing
path.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.music.key_profiles import TEMPERLEY_NATURAL_MINOR
from engine.music.theory import CHORD_INTERVALS, NO_CHORD, QUALITIES

Array = npt.NDArray[np.float64]

KEY_CHANGE_COST: Final = 9.0
"""Log-likelihood that a new key must gain over its stay: keeps passing dominants inside the home key."""

DOWNBEAT_BASS_WEIGHT: Final = 1.5
FINAL_BASS_WEIGHT: Final = 5.0
"""Log-likelihood that a bar's first bass note (the piece's last one) gives to the keys of which it is the
tonic."""

SIGNATURE_WEIGHT: Final = 1.2
"""Log-likelihood a bar gives to the two keys of its signature; half of it to the neighbours by one fifth."""


def find_keys(
    bar_profiles: Array, bass_tonics: Array | None = None, signatures: npt.NDArray[np.int64] | None = None
) -> npt.NDArray[np.int64]:
    """The key of every bar, 0–11 major, 12–23 minor.

    bar_profiles: [B, 12] seconds, beats or steps of each pitch class in the bar. bass_tonics: [B, 12] how
    much each pitch class lies in the bass on the first beat, 0…1. signatures: [B] fifths −7…7, or 99 where
    unknown.
    """
    total = bar_profiles.sum(axis=1, keepdims=True)
    presence = np.minimum(bar_profiles / np.maximum(total, 1e-9) * 8.0, 1.0)
    keys = np.stack([np.roll(profile, tonic) for profile in TEMPERLEY_NATURAL_MINOR for tonic in range(12)])
    score = presence @ np.log(keys).T + (1 - presence) @ np.log(1 - keys).T
    score[total[:, 0] == 0] = 0.0
    if bass_tonics is not None:
        heard = DOWNBEAT_BASS_WEIGHT * bass_tonics
        playing = np.flatnonzero(bass_tonics.sum(axis=1) > 0)
        if len(playing):
            heard[playing[-1]] += FINAL_BASS_WEIGHT * bass_tonics[playing[-1]]
        score += np.concatenate([heard, heard], axis=1)
    if signatures is not None:
        score += SIGNATURE_WEIGHT * _signature_prior()[np.where(signatures == 99, 15, signatures + 7)]
    change = np.full((24, 24), -KEY_CHANGE_COST)
    np.fill_diagonal(change, 0.0)
    return best_path(score, change)


def _signature_prior() -> Array:
    """Prior of 24 keys by signature: [16, 24]; row fifths + 7, the last row unknown."""
    prior = np.zeros((16, 24))
    for row in range(15):
        for fifths, weight in ((row - 7, 1.0), (row - 8, 0.5), (row - 6, 0.5)):
            prior[row, fifths * 7 % 12] = max(prior[row, fifths * 7 % 12], weight)
            minor = 12 + (fifths * 7 + 9) % 12
            prior[row, minor] = max(prior[row, minor], weight)
    return prior


def best_path(score: Array, change: Array) -> npt.NDArray[np.int64]:
    """Viterbi: the path with the greatest sum of `score` [T, S] and `change` [S, S] (from, to)."""
    length, states = score.shape
    if length == 0:
        return np.zeros(0, dtype=np.int64)
    back = np.zeros((length, states), dtype=np.int64)
    best = score[0].copy()
    for t in range(1, length):
        step = best[:, None] + change
        back[t] = step.argmax(axis=0)
        best = step.max(axis=0) + score[t]
    path = np.zeros(length, dtype=np.int64)
    path[-1] = int(best.argmax())
    for t in range(length - 1, 0, -1):
        path[t - 1] = back[t, path[t]]
    return path


# How much evidence a quality needs beyond the plain triads, in the units of the match below.
_QUALITY_COST: Final = {
    "maj": 0.0, "min": 0.0, "dim": 0.10, "aug": 0.25, "sus4": 0.14, "sus2": 0.20,
    "7": 0.05, "maj7": 0.12, "min7": 0.07, "m7b5": 0.10, "dim7": 0.08,
}  # fmt: skip
_OUTSIDE_COST: Final = 1.0
_MISSING_COST: Final = 0.16
_BASS_ROOT: Final = 0.30
_BASS_TONE: Final = 0.05


def _match_tables() -> tuple[Array, Array]:
    tones = np.zeros((NO_CHORD * 12, 12))
    cost = np.zeros(NO_CHORD * 12)
    for quality in range(NO_CHORD):
        for root in range(12):
            tones[quality * 12 + root, [(root + i) % 12 for i in CHORD_INTERVALS[QUALITIES[quality]]]] = 1.0
            cost[quality * 12 + root] = _QUALITY_COST[QUALITIES[quality]]
    return tones, cost


_TONES, _COST = _match_tables()


def find_chords(
    profiles: Array, basses: npt.NDArray[np.int64], change_costs: Array
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The chord of every slot: (root or −1, quality index), each int [T].

    profiles: [T, 12] weight of each pitch class in the slot. basses: [T] pitch class of the lowest note, −1
    unknown. change_costs: [T] what a new chord at this slot costs (less on strong beats).
    """
    slots = len(profiles)
    total = profiles.sum(axis=1)
    share = profiles / np.maximum(total, 1e-9)[:, None]
    present = np.minimum(share * 12.0, 1.0)
    inside = share @ _TONES.T
    missing = _TONES.sum(axis=1)[None, :] - present @ _TONES.T
    score = inside - _OUTSIDE_COST * (1 - inside) - _MISSING_COST * missing - _COST
    known = np.flatnonzero(basses >= 0)
    roots = np.arange(NO_CHORD * 12) % 12
    score[known] += _BASS_TONE * _TONES[:, basses[known]].T + _BASS_ROOT * (
        roots[None, :] == basses[known, None]
    )
    score *= np.minimum(total / 2.0, 1.0)[:, None]
    back = np.zeros(score.shape, dtype=np.int64)
    best = score[0].copy() if slots else np.zeros(0)
    states = np.arange(score.shape[1])
    for t in range(1, slots):
        leader = int(best.argmax())
        moved = best[leader] - change_costs[t]
        stay = best >= moved
        back[t] = np.where(stay, states, leader)
        best = np.where(stay, best, moved) + score[t]
    path = np.zeros(slots, dtype=np.int64)
    if slots:
        path[-1] = int(best.argmax())
    for t in range(slots - 1, 0, -1):
        path[t - 1] = back[t, path[t]]
    return path % 12, path // 12
