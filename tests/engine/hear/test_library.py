"""Files by feeling and taste together. What they feel like is made up here: all files of a kind match
alike."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

from engine.hear.library import ranked
from engine.taste.order import MARGIN
from tests.engine.hear.test_reference import triads
from tests.tui.cli.test_match import piece

CHORDS = [(48, 52, 55), (53, 57, 60), (55, 59, 62), (48, 52, 55)]
TUNE = [72, 74, 76, 77, 79, 77, 76, 74]


def moved(path: Path, semitones: int, velocity: int = 70) -> Path:
    """The same piece, higher or lower."""
    return piece(
        path,
        [tuple(p + semitones for p in chord) for chord in CHORDS],
        0.5,
        [p + semitones for p in TUNE],
        velocity,
    )


class Feels:
    """Hears everything as it is told to."""

    def __init__(self, *valences: float) -> None:
        self.valences = list(valences)

    def hear(self, clips: list[Any]) -> list[Any]:
        valence = self.valences.pop(0) if self.valences else 0.5
        return [SimpleNamespace(valence=valence, arousal=0.0, confidence=0.8)]

    def hear_frames(self, frames: Any) -> Any:
        return self.hear([frames])[0]


def order(paths: list[Path], liked: list[Path], feels: Feels | None = None) -> list[str]:
    heard = feels or Feels()
    found, skipped, _ = ranked((0.5, 0.0), paths, lambda: heard, lambda: heard, liked=liked)  # type: ignore[arg-type, return-value]
    assert not skipped
    return [one.path.stem for one in found]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("library")
    names = {"low1": -12, "high1": 12, "low2": -11, "high2": 11, "low3": -10, "high3": 10}
    return [moved(folder / f"{name}.mid", by) for name, by in names.items()]


def test_what_is_like_that_which_is_liked_comes_first(library: list[Path], tmp_path: Path) -> None:
    high, low = moved(tmp_path / "high.mid", 12), moved(tmp_path / "low.mid", -12)
    assert {name[:3] for name in order(library, [high])[:3]} == {"hig"}
    assert {name[:3] for name in order(library, [low])[:3]} == {"low"}


def test_liking_takes_no_file_far_below_the_best_match_to_the_front(
    library: list[Path], tmp_path: Path
) -> None:
    high = moved(tmp_path / "high.mid", 12)
    # low1 suits, the others are heard as another feeling altogether.
    feels = Feels(0.5, -0.5, 0.4, -0.5, 0.4, -0.5, 0.5)
    found, _, made = ranked((0.5, 0.0), library, lambda: feels, lambda: feels, liked=[high])  # type: ignore[arg-type, return-value]
    assert found[0].match >= max(one.match for one in found) - MARGIN
    assert {one.path.stem[:3] for one in found[:3]} == {"low"}
    assert [choice.kind for choice in made] == ["liked"]
    assert all(one.lift is not None for one in found)


def test_without_a_taste_it_is_the_match_alone(library: list[Path]) -> None:
    feels = Feels(0.1, 0.2, 0.3, 0.4, 0.5, 0.0)
    assert order(library, [], feels) == ["low3", "high2", "low2", "high1", "low1", "high3"]


def test_recordings_teach_beside_recordings(tmp_path: Path) -> None:
    paths = []
    for name, root in (("low1", 45), ("high1", 69), ("low2", 46), ("high2", 68), ("high", 70)):
        samples = np.tile(triads([root, root + 5, root + 7, root], [False] * 4, 1.0), 3)
        soundfile.write(tmp_path / f"{name}.wav", samples, 22_050)
        paths.append(tmp_path / f"{name}.wav")
    assert {name[:3] for name in order(paths[:4], [paths[4]])[:2]} == {"hig"}


def test_a_liked_file_that_cannot_be_heard_is_told(library: list[Path], tmp_path: Path) -> None:
    heard = Feels()
    found, skipped, made = ranked(
        (0.5, 0.0),
        library,
        lambda: heard,
        lambda: heard,
        liked=[tmp_path / "none.mid"],  # type: ignore[arg-type, return-value]
    )
    assert len(found) == 6
    assert "none.mid" in skipped[0].reason
    assert made == ()
