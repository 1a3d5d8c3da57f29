"""The files that a score is made from."""

from pathlib import Path

from dsl.named_files import named_files


def test_includes_themes_frozen_takes_and_recordings_are_found_once(tmp_path: Path) -> None:
    (tmp_path / "cast").mkdir()
    for name in ("cast/theme.mid", "take.mid", "temp.wav", "voice.wav"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "cast" / "all.score").write_text(
        '@motif rope = "theme.mid"\n@include "all.score"\n', encoding="utf-8"
    )
    score = (
        '@voice "voice.wav"\n'
        '@include "cast/all.score"\n@include "gone.score"\n@include "../up.score"\n# A\n@freeze "take.mid"\n'
        '@temp "temp.wav"\n@temp "temp.wav"\nText "take.mid".\n'
    )
    names = [str(p.relative_to(tmp_path)) for p in named_files(score.encode(), tmp_path)]
    assert sorted(names) == ["cast/all.score", "cast/theme.mid", "take.mid", "temp.wav", "voice.wav"]


def test_what_is_no_score_names_nothing(tmp_path: Path) -> None:
    assert named_files(bytes(range(256)), tmp_path) == ()
