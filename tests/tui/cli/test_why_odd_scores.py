"""`melodrama why` where little or nothing can be said: it says so, and claims nothing."""

from pathlib import Path

import mido
import pytest

from tui.cli.main import main
from tui.teaching.words import HEADINGS, UNSAID


def frozen(folder: Path, notes: list[tuple[int, int]], channel: int = 0) -> Path:
    """A score whose only cue is a MIDI file of notes (pitch, ticks; 480 a quarter) one after another."""
    midi = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    midi.tracks.append(track)
    for pitch, ticks in notes:
        track.append(mido.Message("note_on", channel=channel, note=pitch, velocity=80, time=0))
        track.append(mido.Message("note_off", channel=channel, note=pitch, velocity=0, time=ticks))
    midi.save(folder / "take.mid")
    path = folder / "odd.score"
    path.write_text(
        'style: piano\n---\n# 1m1 Odd\n@emotion calm 0.5\n@freeze "take.mid"\nNobody came.\n',
        encoding="utf-8",
    )
    return path


CASES = {
    "one note": ([(60, 1920)], 0, ("frozen", "too few notes")),
    "percussion alone": ([(36, 480), (38, 480)] * 8, 9, ("frozen",)),
    "nothing": ([], 0, ("frozen", "no notes")),
    "no key": ([(60 + n % 12, 240) for n in range(32)], 0, ("frozen",)),
}


@pytest.mark.parametrize("level", ["beginner", "intermediate", "advanced"])
@pytest.mark.parametrize("name", CASES)
def test_a_frozen_take_is_explained_as_far_as_it_can_be_heard(
    name: str, level: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes, channel, unsaid = CASES[name]
    score = frozen(tmp_path, notes, channel)
    words = ["why", str(score), "--weights", "debug", "--takes", "1", "--quiet", "--language", "en"]
    assert main([*words, "--level", level]) == 0
    said = capsys.readouterr().out
    for what in unsaid:
        assert UNSAID[what]["en"] in said  # type: ignore[index]
    assert HEADINGS["harmony"]["en"] not in said
    assert HEADINGS["form"]["en"] not in said
    assert "nan" not in said
    if name in ("nothing", "one note"):
        assert HEADINGS["changes"]["en"] not in said
    if name == "percussion alone":
        assert "mode" not in said
        assert "register" not in said
