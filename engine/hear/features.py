"""Features from which the emotion of recorded music is recognised: about a hundred numbers a window, from
librosa's rows.

Loudness as such is left out, since every master has another; its movement stays. `GROUPS` says which columns
may speak of valence and which of arousal, as for notes (`engine.match.features`): timbre and energy move
arousal, notes move valence.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.hear.frames import FRAMES_S, LOWEST_NOTE, Frames
from engine.hear.pulse import pulse_of
from engine.hear.tonality import chroma_of, tonality_of

WINDOW_S: Final = 16.0
HOP_S: Final = 8.0
_QUIET_DB: Final = -60.0

_ENERGY: Final = ("level spread", "level range", "quiet share", "swells", "level drift")
_SPECTRUM: Final = (
    *(f"{name} {what}" for name in ("centroid", "bandwidth", "rolloff") for what in ("mean", "spread")),
    "flatness",
    "crossings mean",
    "crossings spread",
    *(f"contrast {band}" for band in range(7)),
)
_TIMBRE: Final = tuple(f"mfcc {k} {what}" for k in range(1, 13) for what in ("mean", "spread"))
_RHYTHM: Final = (
    "onset strength",
    "onset spread",
    "onset peaks a second",
    "strong onsets a second",
    "log tempo",
    "pulse clarity",
    "evenness",
)
_TONALITY: Final = (
    "major fit",
    "minor fit",
    "mode",
    "third",
    "sixth",
    "seventh",
    "second",
    "chroma entropy",
    "bass entropy",
    *(f"degree {d}" for d in range(12)),
)
_HARMONY: Final = (
    "harmonic change",
    "harmonic change 2 s",
    *(f"interval class {k}" for k in range(1, 7)),
    "polyphony",
)
_REGISTER: Final = ("mean pitch", "pitch spread", "low share", "high share", "top", "bottom")

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "energy": _ENERGY,
    "spectrum": _SPECTRUM,
    "timbre": _TIMBRE,
    "rhythm": _RHYTHM,
    "tonality": _TONALITY,
    "harmony": _HARMONY,
    "register": _REGISTER,
}
FEATURES: Final[tuple[str, ...]] = tuple(name for names in GROUPS.values() for name in names)

Floats = npt.NDArray[np.float64]


def windows_of(frames: Frames) -> list[tuple[float, Frames]]:
    """(middle in seconds, frames) of windows of `WINDOW_S` every `HOP_S`; the last ends with the
    recording."""
    length_s = len(frames) / FRAMES_S
    room = length_s - WINDOW_S
    if room <= 0.25 * HOP_S:
        return [(length_s / 2, frames)]
    starts = np.linspace(0.0, room, int(np.ceil(room / HOP_S)) + 1)
    return [(float(s) + WINDOW_S / 2, frames.part(float(s), float(s) + WINDOW_S)) for s in starts]


def measure(windows: list[Frames]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Features float [W, len(FEATURES)], and whether a window is more than silence [W]. Rows of silence are
    0."""
    table = np.zeros((len(windows), len(FEATURES)))
    heard = np.zeros(len(windows), dtype=np.bool_)
    for row, window in enumerate(windows):
        heard[row] = float(window.energy.max(initial=0.0)) > 10 ** (_QUIET_DB / 20)
        if heard[row]:
            table[row] = np.nan_to_num(_measured(window))
    return table, heard


def _measured(window: Frames) -> Floats:
    level = 20 * np.log10(np.maximum(window.energy, 1e-4).astype(np.float64))
    sounding = level > max(float(level.max()) - 40.0, _QUIET_DB)
    return np.concatenate(
        [
            _energy(level),
            _spectrum(window, sounding),
            _timbre(window, sounding),
            _rhythm(window),
            _tonality(window),
            _harmony(window),
            _register(window),
        ]
    )


def _energy(level: Floats) -> Floats:
    smooth = np.convolve(level, np.ones(43) / 43, "valid") if len(level) > 86 else level
    at = np.linspace(-1.0, 1.0, len(smooth))
    top = float(level.max())
    return np.array(
        [
            level.std(),
            np.quantile(level, 0.95) - np.quantile(level, 0.1),
            (level < top - 20).mean(),
            smooth.std(),
            float(at @ (smooth - smooth.mean()) / max(float(at @ at), 1e-9)),
        ]
    )


def _spectrum(window: Frames, sounding: npt.NDArray[np.bool_]) -> Floats:
    rows: list[float] = []
    for row in (window.centroid, window.bandwidth, window.rolloff):
        logs = np.log2(np.maximum(row[sounding], 50.0).astype(np.float64))
        rows += [float(logs.mean()), float(logs.std())]
    rows.append(float(np.log10(np.maximum(window.flatness[sounding], 1e-8)).mean()))
    crossings = np.log2(np.maximum(window.crossings[sounding], 1e-3).astype(np.float64))
    rows += [float(crossings.mean()), float(crossings.std())]
    return np.array(rows + window.contrast[:, sounding].mean(axis=1).tolist())


def _timbre(window: Frames, sounding: npt.NDArray[np.bool_]) -> Floats:
    rows = window.mfcc[1:, sounding].astype(np.float64)
    return np.stack([rows.mean(axis=1), rows.std(axis=1)], axis=1).reshape(-1)


def _rhythm(window: Frames) -> Floats:
    onset = window.onset.astype(np.float64)
    local = np.r_[False, (onset[1:-1] > onset[:-2]) & (onset[1:-1] >= onset[2:]), False]
    typical = float(np.quantile(onset, 0.75)) + 1e-6
    seconds = len(onset) / FRAMES_S
    peaks = np.flatnonzero(local & (onset > typical))
    strong = np.flatnonzero(local & (onset > 3 * typical))
    gaps = np.diff(peaks) / FRAMES_S
    pulse = pulse_of(window.onset)
    return np.array(
        [
            np.log1p(onset.mean()),
            np.log1p(onset.std()),
            len(peaks) / seconds,
            len(strong) / seconds,
            np.log2(pulse.bpm),
            pulse.clarity,
            float(gaps.std() / gaps.mean()) if len(gaps) > 2 else 1.0,
        ]
    )


def _tonality(window: Frames) -> Floats:
    chroma, bass = chroma_of(window.notes)
    key = tonality_of(window.notes)
    majors, minors = max(key.scores[:12]), max(key.scores[12:])
    degrees = np.roll(chroma, -key.tonic)

    def lean(raised: int, lowered: int) -> float:
        return float((degrees[raised] - degrees[lowered]) / (degrees[raised] + degrees[lowered] + 0.02))

    return np.concatenate(
        [
            [majors, minors, majors - minors, lean(4, 3), lean(9, 8), lean(11, 10), lean(2, 1)],
            [_entropy(chroma), _entropy(bass)],
            degrees,
        ]
    )


def _harmony(window: Frames) -> Floats:
    notes = window.notes.astype(np.float64)
    step = round(FRAMES_S / 2)
    count = max(notes.shape[1] // step, 1)
    halves = np.array([chroma_of(notes[:, k * step : (k + 1) * step])[0] for k in range(count)])
    halves = halves / np.maximum(np.linalg.norm(halves, axis=1, keepdims=True), 1e-9)

    def change(lag: int) -> float:
        return 1 - float((halves[lag:] * halves[:-lag]).sum(axis=1).mean()) if len(halves) > lag else 0.0

    pairs = np.array(
        [(halves * np.roll(halves, k, axis=1)).sum() / (2 if k == 6 else 1) for k in range(1, 7)]
    )
    together = (notes > 0.25 * notes.max(axis=0, keepdims=True)).sum(axis=0).mean()
    return np.array([change(1), change(4), *(pairs / max(float(pairs.sum()), 1e-9)), together])


def _register(window: Frames) -> Floats:
    weight = np.sqrt(window.notes.astype(np.float64)).mean(axis=1)
    weight = np.maximum(weight - np.quantile(weight, 0.3), 0.0)
    weight = weight / max(float(weight.sum()), 1e-9)
    pitch = np.arange(len(weight)) + LOWEST_NOTE
    mean = float(weight @ pitch)
    total = np.cumsum(weight)
    return np.array(
        [
            mean,
            float(np.sqrt(weight @ (pitch - mean) ** 2)),
            weight[pitch < 48].sum(),
            weight[pitch > 72].sum(),
            float(pitch[min(int(np.searchsorted(total, 0.9)), len(pitch) - 1)]),
            float(pitch[min(int(np.searchsorted(total, 0.1)), len(pitch) - 1)]),
        ]
    )


def _entropy(shares: Floats) -> float:
    return -float((shares * np.log2(np.maximum(shares, 1e-9))).sum())
