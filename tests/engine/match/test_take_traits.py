"""What takes, scores and files are like: measures mean what their names say."""

import numpy as np
import pytest

from dsl.plan import ROLES
from engine.match.performed import NO_ROLE, Performed
from engine.match.take_traits import measured_traits, traits_of
from engine.taste.traits import TRAITS

MELODY, CHORDS, BASS = (ROLES.index(role) for role in ("melody", "chords", "bass"))


def music(
    tune: list[int], chords: list[list[int]], beat_s: float = 0.5, velocity: float = 80.0, roles: bool = True
) -> Performed:
    """A tune of one note a beat over chords of four beats each, the bass an octave below them."""
    rows = [(n * beat_s, (n + 0.9) * beat_s, pitch, velocity + 10, MELODY) for n, pitch in enumerate(tune)]
    for n, chord in enumerate(chords):
        start, stop = n * 4 * beat_s, (n * 4 + 3.9) * beat_s
        rows += [(start, stop, pitch, velocity, CHORDS) for pitch in chord]
        rows.append((start, stop, chord[0] - 12, velocity, BASS))
    table = np.array(sorted(rows))
    role = table[:, 4].astype(np.int64) if roles else np.full(len(table), NO_ROLE)
    length = len(tune) * beat_s
    return Performed(
        table[:, 0], table[:, 1], table[:, 2].astype(np.int64), table[:, 3], role,
        np.zeros(len(table), dtype=np.bool_), 0.0, length,
    )  # fmt: skip


C, F, G, AM = [48, 52, 55], [53, 57, 60], [55, 59, 62], [57, 60, 64]
TUNE = [72, 74, 76, 77, 79, 77, 76, 74] * 2
SAD = [pitch - (pitch % 12 in (4, 9)) for pitch in TUNE]
WANDERING = [72, 74, 79, 77, 76, 72, 81, 71, 74, 67, 72, 79, 69, 74, 76, 60]
PLAIN = music(TUNE, [C, F, G, C])


@pytest.mark.parametrize(
    ("trait", "less", "more"),
    [
        ("melody_register", PLAIN, music([p + 12 for p in TUNE], [C, F, G, C])),
        ("bass_register", PLAIN, music(TUNE, [[p + 7 for p in chord] for chord in (C, F, G, C)])),
        ("melody_density", music(TUNE, [C, F, G, C], 1.0), PLAIN),
        ("leaps", PLAIN, music([72, 84, 73, 86, 74, 88, 72, 84] * 2, [C, F, G, C])),
        ("loudness", music(TUNE, [C, F, G, C], velocity=50), PLAIN),
        ("harmonic_motion", music(TUNE, [C, C, C, C]), PLAIN),
        ("major_colour", music(SAD, [[48, 51, 55], [53, 56, 60]] * 2), PLAIN),
        ("dissonance", PLAIN, music(TUNE, [[48, 49, 54], [53, 54, 59]] * 2)),
        ("chromaticism", PLAIN, music([72, 73, 76, 78, 79, 78, 76, 73] * 2, [C, [54, 58, 61], G, C])),
        ("thickness", PLAIN, music(TUNE, [[*c, c[1] + 12, c[2] + 12] for c in (C, F, G, C)])),
        ("repetition", music(WANDERING, [C] * 4), PLAIN),
        ("melody_range", PLAIN, music([60, 62, 76, 77, 91, 77, 76, 62] * 2, [C, F, G, C])),
    ],
)  # fmt: skip
def test_a_trait_grows_with_what_it_is_called(trait: str, less: Performed, more: Performed) -> None:
    assert measured_traits(less)[trait] < measured_traits(more)[trait]


def test_a_file_without_roles_is_measured_much_as_a_take_with_roles() -> None:
    known, guessed = measured_traits(PLAIN), measured_traits(music(TUNE, [C, F, G, C], roles=False))
    assert guessed["melody_register"] == pytest.approx(known["melody_register"], abs=0.5)
    assert guessed["bass_register"] == pytest.approx(known["bass_register"], abs=0.5)


def test_what_cannot_be_measured_counts_as_average() -> None:
    empty = np.zeros(0)
    silence = Performed(
        empty, empty, empty.astype(np.int64), empty, empty.astype(np.int64), empty.astype(np.bool_), 0.0, 10.0
    )
    known = dict(zip([trait.name for trait in TRAITS], traits_of(silence), strict=True))
    assert known.pop("drums") <= 0
    assert set(known.values()) == {0.0}


def test_how_it_is_heard_beside_what_was_asked_is_a_trait() -> None:
    told = measured_traits(PLAIN, (-0.5, 0.2), (0.1, -0.1))
    assert told["brighter_than_asked"] == pytest.approx(0.6)
    assert told["livelier_than_asked"] == pytest.approx(-0.3)
