"""What is felt, what is asked, what should be heard: three things, and the constants between them belong to
the weights they were measured with."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dsl.score_file import plan_source
from engine.asking import asked_of
from engine.emotion.transfer import FILE, shipped_transfer
from engine.errors import WeightsError
from engine.match.task import task_of
from engine.models import Models
from engine.pipeline import compose, felt_cues
from engine.train.transfer_curve import FILE as PICTURE
from engine.train.transfer_curve import transfer_svg
from engine.weights import SHIPPED
from tests.engine.arrange.staging import cue_of, plan_of

LIVELY = "style: strings\nseed: 4\n---\n# 1 A\n@bars 8\n@tempo 90\n@emotion v=0.3 a=0.35\nThey ran.\n"


def weights_with(folder: Path, **changed: object) -> Path:
    """A folder of weights with constants of its own, otherwise the shipped ones."""
    for model in ("text", "generator"):
        table = json.loads((SHIPPED / model / FILE).read_text(encoding="utf-8"))
        (folder / model).mkdir(parents=True)
        text = json.dumps(table | {name: value for name, value in changed.items() if name in table})
        (folder / model / FILE).write_text(text, encoding="utf-8")
    return folder


def loudness(models: Models) -> float:
    plan = plan_source(LIVELY, Path("a.score")).plan
    assert plan is not None
    notes = [note for track in compose(plan, models, takes=1).score.tracks for note in track.notes]
    return sum(note.velocity for note in notes) / len(notes)


def test_constants_are_read_from_beside_the_weights_in_use(tmp_path: Path) -> None:
    folder = weights_with(tmp_path, asked_contrast=2.5, wanted_contrast=1.2, allowed_for=0.0)
    transfer = Models("cpu", str(folder)).transfer
    assert (transfer.asked_contrast, transfer.wanted_contrast, transfer.allowed_for) == (2.5, 1.2, 0.0)
    assert transfer.heard_arousal == shipped_transfer().heard_arousal


def test_a_text_model_named_by_hand_brings_its_own_constants(tmp_path: Path) -> None:
    folder = weights_with(tmp_path, asked_contrast=2.5)
    assert Models("cpu", text_model=folder / "text").transfer.asked_contrast == 2.5


def test_what_is_composed_follows_the_constants_of_the_weights(tmp_path: Path) -> None:
    mild = weights_with(tmp_path / "mild", asked_contrast=0.1) / "text"
    clear = weights_with(tmp_path / "clear", asked_contrast=6.0) / "text"
    quiet, loud = (loudness(Models("cpu", "debug", text_model=text)) for text in (mild, clear))
    assert loud > quiet + 4.0


def test_takes_are_chosen_by_what_the_weights_say_should_be_heard(tmp_path: Path) -> None:
    plan = plan_of(cue_of())
    (asked,) = asked_of(plan, felt_cues(plan, ()))[1]
    wanted = []
    for contrast in (1.2, 3.0):
        folder = weights_with(tmp_path / f"{contrast}", wanted_contrast=contrast)
        wanted.append(task_of(asked, Models("cpu", str(folder)).transfer).curve.at(1.0)[0])
    felt = asked.curve.at(1.0)[0]
    assert wanted[1] < wanted[0] - 0.1 < felt < 0.0


def test_weights_that_nobody_measured_take_the_shipped_constants(tmp_path: Path) -> None:
    assert Models("cpu", str(tmp_path)).transfer == shipped_transfer()


@pytest.mark.parametrize(
    ("model", "content", "said"),
    [
        ("text", "{", "not JSON"),
        ("text", '{"asked_contrast": 1.6}', "wanted_contrast"),
        ("text", '{"asked_contrast": 0, "wanted_contrast": 3}', "above 0"),
        ("generator", '{"heard_arousal": [[0, 0], [0, 1]], "allowed_for": 0.5}', "ascend"),
        ("generator", '{"heard_arousal": "much", "allowed_for": 0.5}', "damaged"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, model: str, content: str, said: str) -> None:
    folder = weights_with(tmp_path)
    (folder / model / FILE).write_text(content, encoding="utf-8")
    with pytest.raises(WeightsError, match=said) as failure:
        _ = Models("cpu", str(folder)).transfer
    assert str(folder) in str(failure.value)


@pytest.mark.parametrize("felt", [-1.0, -0.6, -0.25, 0.0, 0.25, 0.6, 1.0])
def test_more_is_asked_than_is_felt_and_on_the_same_side_with_the_ends_kept(felt: float) -> None:
    valence, _ = shipped_transfer().asked(felt, 0.0).clear
    assert valence * felt >= felt * felt - 1e-9
    assert abs(valence) <= 1.0
    if felt in (-1.0, 0.0, 1.0):
        assert valence == pytest.approx(felt)


def test_what_was_heard_as_too_calm_is_asked_for_livelier() -> None:
    transfer = shipped_transfer()
    for asked, heard in transfer.heard_arousal:
        got = transfer.asked(0.0, heard).arousal
        assert min(asked, heard) - 1e-9 <= got <= max(asked, heard) + 1e-9


def test_the_picture_in_the_notes_is_of_the_constants_that_ship() -> None:
    assert PICTURE.read_text(encoding="utf-8") == transfer_svg(shipped_transfer())


def test_what_the_directives_ask_is_known_without_numpy_and_torch() -> None:
    code = "import sys, engine.emotion.felt; print({'numpy', 'torch'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"
