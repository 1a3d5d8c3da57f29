"""Small pieces of music made by hand for the recogniser's tests."""

import numpy as np

from dsl.plan import ROLES
from engine.match.performed import Performed


def performed(
    rows: list[tuple[float, float, int, float]], finish_s: float, begin_s: float = 0.0, role: str = "melody"
) -> Performed:
    """Rows (start, end, pitch, velocity) as a clip."""
    table = np.array(sorted(rows), dtype=np.float64).reshape(-1, 4)
    return Performed(
        table[:, 0],
        table[:, 1],
        table[:, 2].astype(np.int64),
        table[:, 3],
        np.full(len(table), ROLES.index(role)),
        np.zeros(len(table), dtype=np.bool_),
        begin_s,
        finish_s,
    )


def tune(
    mode: str = "major",
    beat_s: float = 0.5,
    velocity: float = 70.0,
    up: int = 0,
    bars: int = 12,
    staccato: bool = False,
) -> Performed:
    """A tune over broken I–IV–V–I chords and a bass, the same notes in major or minor."""
    scale = (0, 2, 4, 5, 7, 9, 11) if mode == "major" else (0, 2, 3, 5, 7, 8, 10)

    def pitch(degree: int) -> int:
        return 60 + up + 12 * (degree // 7) + scale[degree % 7]

    held = 0.4 if staccato else 0.98
    rows = []
    melody = (4, 5, 4, 2, 3, 4, 2, 1, 4, 3, 2, 1, 2, 1, 0, 0)
    for bar in range(bars):
        root = (0, 3, 4, 0)[bar % 4]
        start = bar * 4 * beat_s
        rows.append((start, start + 4 * beat_s * held, pitch(root) - 24, velocity))
        for eighth in range(8):
            at = start + eighth * beat_s / 2
            rows.append(
                (at, at + beat_s / 2 * held, pitch(root + (0, 2, 4, 2)[eighth % 4]) - 12, velocity - 10)
            )
        for beat in range(4):
            at = start + beat * beat_s
            degree = melody[(bar * 4 + beat) % 16]
            rows.append((at, at + beat_s * held, pitch(degree) + 12, velocity + 8))
    return performed(rows, bars * 4 * beat_s)
