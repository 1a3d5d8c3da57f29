"""Music files that a score names, silent or odd: a finding says so, where the score is."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from dsl.diagnostics import Finding
from dsl.explain import EXPLANATIONS
from dsl.score_file import plan_source
from engine.errors import MediaError
from engine.models import Models
from engine.pipeline import compose
from tests.engine.media.midi_bytes import END, TUNE, midi, note

SCORE = """\
@motif theme = "theme.mid"

# 1m1 Rain
@tempo 90
@bars 2
@freeze "take.mid"
{motif theme} The rain fell.
"""


def found(folder: Path, score: str = SCORE) -> list[Finding]:
    """What composing the score tells beyond what checking it does."""
    path = folder / "a.score"
    path.write_text(score, encoding="utf-8")
    plan = plan_source(score.encode(), path).plan
    assert plan is not None
    composed = compose(plan, Models("cpu", "debug"), takes=1)
    return [one for one in composed.plan.findings if one not in plan.findings]


def test_sound_files_say_nothing(tmp_path: Path) -> None:
    for name in ("take.mid", "theme.mid"):
        (tmp_path / name).write_bytes(midi(TUNE + END))
    assert found(tmp_path) == []


@pytest.mark.parametrize("body", [b"\0\x90\x3c\x50" * 4 + END, END, b""])
def test_a_frozen_take_without_a_complete_note_is_told(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "take.mid").write_bytes(midi(body))
    (tmp_path / "theme.mid").write_bytes(midi(TUNE + END))
    (one,) = found(tmp_path)
    assert one.code == "W530"
    assert "take.mid holds no note that begins and ends: the cue is silent" in one.message
    assert one.span.line == 3
    assert "silent" in EXPLANATIONS["W530"]


def test_odd_themes_and_takes_are_told_where_they_are_named(tmp_path: Path) -> None:
    (tmp_path / "take.mid").write_bytes(midi(TUNE + END)[:-30])
    (tmp_path / "theme.mid").write_bytes(midi(b"\0\xb0\x07\xff" + TUNE + END))
    theme, take = found(tmp_path)
    assert (theme.code, theme.span.line) == ("W531", 1)
    assert theme.message == "theme.mid: a value over 127 is taken as 127."
    assert (take.code, take.span.line) == ("W531", 3)
    assert "take.mid: it breaks off in track 1" in take.message
    assert "W531" in EXPLANATIONS


def test_a_take_of_another_length_is_told_and_how_to_keep_its_own(tmp_path: Path) -> None:
    (tmp_path / "take.mid").write_bytes(midi(note(60, 480 * 20) + END))
    (tmp_path / "theme.mid").write_bytes(midi(TUNE + END))
    (one,) = found(tmp_path)
    assert one.code == "W532"
    assert "lasts 20 beats, the cue 8: it is stretched to fit" in one.message
    assert "@bars 5" in (one.hint or "")
    (tmp_path / "take.mid").write_bytes(midi(note(60, 480 * 8) + END))
    assert found(tmp_path) == []


def test_files_that_claim_hours_stop_composing_in_a_line(tmp_path: Path) -> None:
    far = midi(note(60) + note(62, wait=2**28 - 1) + END, division=1)
    for name, other in (("take.mid", "theme.mid"), ("theme.mid", "take.mid")):
        (tmp_path / name).write_bytes(far)
        (tmp_path / other).write_bytes(midi(TUNE + END))
        with pytest.raises(MediaError, match=rf"{name} .*claims to last .* hours; at most 3 hours"):
            found(tmp_path)


def test_a_temp_track_that_breaks_off_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MELODRAMA_CACHE", str(tmp_path / "cache" / "renders"))
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (8 * 22_050, 1))
    soundfile.write(tmp_path / "temp.mp3", noise, 22_050)
    content = (tmp_path / "temp.mp3").read_bytes()
    (tmp_path / "temp.mp3").write_bytes(content[: len(content) // 2])
    score = '# 1m1 Rain\n@emotion calm 0.5\n@temp "temp.mp3"\n@fit 8s\nThe rain fell.\n'
    for _ in range(2):  # and again when its analysis has been kept
        told = [one for one in found(tmp_path, score) if one.code == "W531"]
        assert len(told) == 1
        assert "temp.mp3: it breaks off after 0:0" in told[0].message
