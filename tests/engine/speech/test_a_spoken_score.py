"""The radio page from its score and a recording to the finished programme."""

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from dsl.plan import Plan
from dsl.score_file import load_plan
from engine.composition import Composition
from engine.models import Models
from engine.pipeline import compose
from engine.render.export import Target, export
from engine.render.mastering import integrated_loudness, true_peak
from engine.render.programme import OVER_DB, VoiceMix
from engine.speech.listening import listen
from tests.engine.speech import synthetic
from tests.engine.speech.synthetic import Reading, Spoken

pytestmark = pytest.mark.skipif(synthetic.why_not() is not None, reason=str(synthetic.why_not()))

PAGE = Path(__file__).parents[3] / "scores" / "harbour-light.score"


def words(score: str) -> list[str]:
    """What of a score is spoken, as its own recipe for espeak-ng has it."""
    body = score.split("---\n", 1)[1].splitlines()
    spoken = (
        re.sub(r"^[A-Z]*: |\{[^}]*\}", "", line).strip() for line in body if not re.match("[@#/]", line)
    )
    return [line for line in spoken if line]


@pytest.fixture(scope="module")
def spoken() -> Spoken:
    return synthetic.joined(words(PAGE.read_text(encoding="utf-8")), Reading("en-gb-x-rp", 150), seed=2)


@pytest.fixture(scope="module")
def plan(spoken: Spoken, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    folder = tmp_path_factory.mktemp("page")
    (folder / PAGE.name).write_bytes(PAGE.read_bytes())
    soundfile.write(folder / "harbour-light.wav", spoken.samples, synthetic.RATE)
    found = load_plan(folder / PAGE.name, listen=listen)
    assert found.findings == ()
    assert found.plan is not None
    return found.plan


@pytest.fixture(scope="module")
def composition(plan: Plan) -> Composition:
    return compose(plan, Models("cpu", "debug"), takes=1, recipe=None)


def test_without_its_recording_the_page_still_has_a_plan_and_says_what_is_missing() -> None:
    found = load_plan(PAGE, listen=listen)
    assert [one.code for one in found.findings] == ["W540"]
    assert found.plan is not None


def test_its_lines_stand_where_they_are_spoken_and_music_keeps_to_them(
    plan: Plan, spoken: Spoken, composition: Composition
) -> None:
    lines = [line for cue in plan.cues for line in cue.lines]
    assert np.median([abs(a.start_s - b) for a, b in zip(lines, spoken.starts_s, strict=True)]) < 0.15
    lyrics = sorted(lyric.start_s for lyric in composition.score.lyrics)
    assert lyrics == pytest.approx([line.start_s for line in lines], abs=0.02)


def sounds(composition: Composition, folder: Path, voice: VoiceMix) -> dict[str, npt.NDArray[np.float32]]:
    target = Target(folder, "page", ("wav", "stems"), bits=24, voice=voice)
    files = [Path(file.path) for file in export(composition, target)]
    return {file.stem: soundfile.read(file, dtype="float32")[0] for file in files}


def test_the_finished_programme_is_loud_as_asked_and_the_voice_is_over_the_music(
    composition: Composition, tmp_path: Path
) -> None:
    found = sounds(composition, tmp_path, "duck")
    whole, voice = found.pop("page"), found.pop("voice")
    music = np.sum(list(found.values()), axis=0)
    assert np.abs(whole - music - voice).max() < 1e-4
    assert integrated_loudness(whole, 48_000) == pytest.approx(-16.0, abs=0.3)
    assert true_peak(whole, 48_000) <= -0.95
    sounding = np.abs(voice).max(axis=1) > 0.02 * np.abs(voice).max()
    heard = sounding[: len(sounding) // 480 * 480].reshape(-1, 480).any(axis=1)
    spans = (
        slice(at * 480, (at + 40) * 480)
        for at in range(0, len(heard) - 40, 5)
        if heard[at : at + 40].mean() > 0.6
    )
    assert (
        min(10 * np.log10((voice[s] ** 2).mean() / max((music[s] ** 2).mean(), 1e-12)) for s in spans)
        >= OVER_DB
    )


def test_music_alone_is_still_laid_by_the_voice(composition: Composition, tmp_path: Path) -> None:
    found = sounds(composition, tmp_path, "none")
    assert "voice" not in found
    whole = found.pop("page")
    assert np.abs(whole - np.sum(list(found.values()), axis=0)).max() < 1e-4
