"""Recordings as they come: other formats, silence before, music under the voice. Lines are found all the
same, and what cannot be as it should is told with its place."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from dsl.score_file import Planned, plan_text
from engine.render.audio import resample
from engine.speech.listening import listen
from tests.engine.render.test_programme import music
from tests.engine.speech import synthetic
from tests.engine.speech.synthetic import RATE, Samples, Spoken
from tests.engine.speech.test_alignment import ENGLISH
from tests.engine.speech.test_deviations import trial

pytestmark = pytest.mark.skipif(synthetic.why_not() is not None, reason=str(synthetic.why_not()))
LINES = ENGLISH[:6]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("MELODRAMA_CACHE", raising=False)


def spoken() -> Spoken:
    return synthetic.joined(LINES, synthetic.Reading("en-gb-scotland+f3"), seed=21)


def planned(folder: Path, name: str, samples: Samples, rate: int = RATE) -> Planned:
    soundfile.write(folder / name, samples, rate)
    return plan_text(f'# 1m1 A\n@voice "{name}"\n' + "\n".join(LINES) + "\n", folder, listen=listen)


def off_s(found: Planned, starts_s: tuple[float, ...]) -> float:
    lines = found.draft.cues[0].lines
    return max(abs(line.start_s - t_s) for line, t_s in zip(lines, starts_s, strict=True))


@pytest.mark.parametrize(
    ("name", "rate", "channels"),
    [("n.mp3", 44_100, 1), ("n.ogg", 48_000, 2), ("n.flac", 22_050, 2), ("n.wav", 8_000, 1)],
)
def test_lines_are_found_in_every_format_rate_and_count_of_channels(
    tmp_path: Path, name: str, rate: int, channels: int
) -> None:
    one = spoken()
    samples = resample(one.samples, RATE, rate)
    found = planned(tmp_path, name, np.stack([samples] * channels, axis=1), rate)
    assert off_s(found, one.starts_s) < 0.2
    assert [finding.code for finding in found.findings] == (["I542"] if rate == 8_000 else [])


def test_silence_before_and_music_under_the_voice_move_nothing(tmp_path: Path) -> None:
    one = spoken()
    late = np.concatenate([np.zeros(3 * RATE, np.float32), one.samples])
    below = resample(music(len(late) / RATE + 1)[:, 0].copy(), 48_000, RATE)[: len(late)]
    loud = np.sqrt((one.samples[np.abs(one.samples) > 0.02] ** 2).mean())
    below *= loud * 10 ** (-15 / 20) / np.sqrt((below**2).mean())
    for samples in (late, late + below):
        found = planned(tmp_path, "n.wav", samples)
        assert off_s(found, tuple(t_s + 3.0 for t_s in one.starts_s)) < 0.2
        assert {finding.code for finding in found.findings} <= {"W543"}


def test_a_recording_of_half_the_script_names_each_line_of_the_other_half(tmp_path: Path) -> None:
    lines, recording = trial("en", "as written", 0, 22)
    end = round((recording.starts_s[6][0] - 0.05) * RATE)
    soundfile.write(tmp_path / "n.wav", recording.samples[:end], RATE)
    found = plan_text('# 1m1 A\n@voice "n.wav"\n' + "\n".join(lines) + "\n", tmp_path, listen=listen)
    told = [finding for finding in found.findings if finding.code == "W544"]
    assert sorted(finding.span.line for finding in told) == [2, 9, 10, 11, 12, 13]
    assert "1 more line seems not to be spoken" in min(told, key=lambda one: one.span.line).message
