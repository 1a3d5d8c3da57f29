"""The door to a recording: lines with their times, findings that say what does not fit, results kept."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from dsl.score_file import Planned, plan_text
from engine.speech import listening
from engine.speech.listening import listen
from tests.engine.speech import synthetic
from tests.engine.speech.synthetic import RATE, Reading
from tests.engine.speech.test_alignment import CHINESE, ENGLISH

pytestmark = pytest.mark.skipif(synthetic.why_not() is not None, reason=str(synthetic.why_not()))

EIGHT = ENGLISH[:8]
HEAD = '# 1m1 Harbour\n@voice "n.wav"\n'


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("MELODRAMA_CACHE", raising=False)
    listening._heard.cache_clear()


def recording(lines: tuple[str, ...] = EIGHT, voice: str = "en-us") -> synthetic.Spoken:
    return synthetic.joined(lines, Reading(voice), seed=11)


def heard(
    folder: Path, samples: synthetic.Samples, lines: tuple[str, ...] = EIGHT, rate: int = RATE
) -> Planned:
    soundfile.write(folder / "n.wav", samples, rate)
    return plan_text(HEAD + "\n".join(lines) + "\n", folder, listen=listen)


def said(found: Planned) -> dict[str, str]:
    return {one.code: one.message for one in found.findings}


def test_a_recording_gives_its_lines_their_times_and_nothing_to_say(tmp_path: Path) -> None:
    spoken = recording()
    found = heard(tmp_path, spoken.samples)
    lines = found.draft.cues[0].lines
    assert np.median([abs(line.start_s - t) for line, t in zip(lines, spoken.starts_s, strict=True)]) < 0.15
    assert all(line.confidence is not None and line.confidence > 0.5 for line in lines)
    assert found.findings == ()


def test_a_silent_recording_is_told_and_lines_are_read(tmp_path: Path) -> None:
    found = heard(tmp_path, np.zeros(5 * RATE, np.float32))
    assert list(said(found)) == ["W541"]
    assert found.plan is not None
    assert [line.confidence for line in found.draft.cues[0].lines] == [None] * 8
    assert found.draft.cues[0].lines[0].start_s == 0.0


def test_a_file_that_is_no_sound_is_told(tmp_path: Path) -> None:
    (tmp_path / "n.wav").write_bytes(b"RIFF nothing of the kind")
    found = plan_text(HEAD + "Go.\n", tmp_path, listen=listen)
    assert list(said(found)) == ["W541"]
    assert "n.wav" in said(found)["W541"]


def test_clipping_is_told_with_where_it_begins(tmp_path: Path) -> None:
    spoken = recording()
    loud = spoken.samples.copy()
    third = round(spoken.starts_s[3] * RATE)
    loud[third:] *= 20
    found = heard(tmp_path, np.clip(loud, -1, 1))
    minutes, seconds = divmod(spoken.starts_s[3], 60)
    told = said(found)["W542"]
    assert f"{int(minutes):02d}:{int(seconds):02d}" in told or f":{int(seconds) + 1:02d}" in told


def test_a_telephone_s_rate_and_channels_that_differ_are_told_and_lines_found_all_the_same(
    tmp_path: Path,
) -> None:
    spoken = recording()
    from engine.render.audio import resample

    found = heard(tmp_path, resample(spoken.samples, RATE, 8_000), rate=8_000)
    assert "8,000 samples a second" in said(found)["I542"]
    lines = found.draft.cues[0].lines
    assert np.median([abs(line.start_s - t) for line, t in zip(lines, spoken.starts_s, strict=True)]) < 0.15
    other = 0.2 * np.random.default_rng(0).standard_normal(len(spoken.samples)).astype(np.float32) * 0.01
    stereo = np.stack([spoken.samples, 0.3 * spoken.samples + other], axis=1)
    assert "channels that differ" in said(heard(tmp_path, stereo))["I542"]
    twice = np.stack([spoken.samples, spoken.samples], axis=1)
    assert "I542" not in said(heard(tmp_path, twice))


def test_a_recording_that_says_much_more_is_told_with_when(tmp_path: Path) -> None:
    spoken = recording(ENGLISH)
    found = heard(tmp_path, spoken.samples)
    told = said(found)["W543"]
    assert "says more than its script" in told
    assert found.draft.cues[0].end_s >= spoken.ends_s[-1] - 0.1, "the cue covers all that is said"


def test_a_recording_that_says_much_less_is_told(tmp_path: Path) -> None:
    spoken = recording(ENGLISH[:5])
    assert {"W544", "W545"} & said(heard(tmp_path, spoken.samples, ENGLISH)).keys()


def test_another_text_is_told(tmp_path: Path) -> None:
    spoken = recording(CHINESE, "cmn")
    assert list(said(heard(tmp_path, spoken.samples, ENGLISH[::-1]))) == ["W545"]


def test_what_was_found_is_kept_by_content_and_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = heard(tmp_path, recording().samples)
    kept = list((tmp_path / "cache").rglob("voices/*.json"))
    assert len(kept) == 1
    listening._heard.cache_clear()
    monkeypatch.setattr(listening, "_laid", lambda *_: pytest.fail("it is known"))
    again = plan_text(HEAD + "\n".join(EIGHT) + "\n", tmp_path, listen=listen)
    assert (again.draft.cues, again.findings) == (first.draft.cues, first.findings)


def test_an_edit_elsewhere_hears_nothing_again_and_findings_name_the_lines_as_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = heard(tmp_path, recording(EIGHT[:4] + EIGHT[5:]).samples)
    monkeypatch.setattr(listening, "_laid", lambda *_: pytest.fail("it is known"))
    text = "# 1m0 New\nA line before.\n\n" + HEAD + "\n".join(EIGHT) + "\n"
    after = plan_text(text, tmp_path, listen=listen)
    (gone,) = (one for one in before.findings if one.code == "W544")
    (moved,) = (one for one in after.findings if one.code == "W544")
    assert moved.span.line == gone.span.line + 3 == 3 + 2 + 5
    assert [line.text for line in after.draft.cues[1].lines] == list(EIGHT)


def test_a_damaged_entry_is_made_anew(tmp_path: Path) -> None:
    first = heard(tmp_path, recording().samples)
    (kept,) = (tmp_path / "cache").rglob("voices/*.json")
    kept.write_text('{"lines": [[1]]}', encoding="utf-8")
    listening._heard.cache_clear()
    assert plan_text(HEAD + "\n".join(EIGHT) + "\n", tmp_path, listen=listen).draft.cues == first.draft.cues
