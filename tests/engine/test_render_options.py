"""What is wanted of a render travels as one value that nobody changes on the way."""

from dataclasses import FrozenInstanceError, asdict
from pathlib import Path

import pytest

from engine.render_options import RenderOptions


def test_they_come_back_the_same_from_plain_values_and_cannot_be_changed() -> None:
    options = RenderOptions(Path("out"), ("mid", "wav"), seed=3, soundfont=Path("a.sf2"), film_sound="mix")
    assert RenderOptions(**asdict(options)) == options
    with pytest.raises(FrozenInstanceError):
        options.seed = 4  # type: ignore[misc]


@pytest.mark.parametrize(
    ("out", "video", "asked", "single", "formats"),
    [
        ("song.xml", None, ("wav",), True, ("musicxml",)),
        ("song.MID", None, (), True, ("mid",)),
        ("songs", None, ("ogg", "nonsense"), False, ("ogg",)),
        ("songs", None, (), False, ("mid", "wav")),
        ("film.mp4", "take.mov", ("wav",), True, ()),
        ("film.mp4", None, (), False, ("mid", "wav")),
    ],
)
def test_where_it_goes_says_which_formats_are_meant(
    out: str,
    video: str | None,
    asked: tuple[str, ...],
    single: bool,
    formats: tuple[str, ...],
    tmp_path: Path,
) -> None:
    place = tmp_path / out
    options = RenderOptions(place, video=Path(video) if video else None)
    target = options.target("song", asked)
    assert (target.single == place) is single
    assert target.formats == formats


def test_a_folder_that_ends_like_a_file_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "song.wav").mkdir()
    assert RenderOptions(tmp_path / "song.wav").single is None
