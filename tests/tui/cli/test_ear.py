"""`melodrama ear`, as its user runs it, on the debug model, with its answers given beforehand."""

import io
import json
from pathlib import Path
from typing import get_args

import pytest

from engine.match.note_recogniser import Heard
from engine.teach.exercises import EarKind, Exercise
from tests.engine.teach.test_exercises import SCORE as MUSIC
from tui.cli.ear_session import against_rule
from tui.cli.main import main
from tui.teaching.ear_words import EXPLAINED, KIND_NAMES, QUESTIONS
from tui.teaching.words import LANGUAGES

SCORE = """style: piano
seed: 3
---
# 1m1 Dawn
They laughed and danced all night, happy and free. The sun rose over the sea. Everybody sang.
"""


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "melodrama" / "ear.jsonl"


@pytest.fixture
def score(tmp_path: Path) -> Path:
    path = tmp_path / "day.score"
    path.write_text(SCORE, encoding="utf-8")
    return path


def ear(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(
        ["ear", *words, "--weights", "debug", "--takes", "1", "--quiet", "--draw", "3", "--language", "en"]
    )
    said = capsys.readouterr()
    return code, said.out, said.err


def test_answers_are_judged_explained_and_kept(
    score: Path, capsys: pytest.CaptureFixture[str], own_data: Path
) -> None:
    code, out, err = ear([str(score), "--count", "4", "--answers", "1,1,1,1", "--json"], capsys)
    assert code == 0, err
    told = json.loads(out)
    assert told["count"] == 4
    assert told["right"] == sum(one["right"] for one in told["exercises"])
    for one in told["exercises"]:
        assert one["right"] == (one["given"] == one["answer"])
        assert one["explanation"]
        assert 1 <= one["answer"] <= len(one["choices"])
    assert len(own_data.read_text(encoding="utf-8").splitlines()) == 4
    answers = ",".join(str(one["answer"]) for one in told["exercises"])
    _, again, _ = ear([str(score), "--count", "4", "--answers", answers, "--json", "--forget"], capsys)
    assert json.loads(again)["right"] == 4


def test_pairs_are_written_where_they_cannot_be_played(
    score: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(score), "--kind", "tempo", "--count", "1", "--answers", "1", "-o", str(tmp_path / "out")]
    code, out, err = ear(words, capsys)
    assert code == 0, err
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"ear-1-first.mid", "ear-1-second.mid", "ear-1-first.wav", "ear-1-second.wav"}
    assert "Which is faster?" in out
    assert "of 1 right" in out


def test_a_person_answers_on_stdin_and_may_end_it(
    score: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("what\n2\nq\n"))
    code, out, err = ear([str(score), "--count", "3", "-o", str(tmp_path / "out")], capsys)
    assert code == 0, err
    assert "That is no answer here." in err
    assert "of 1 right" in out


class NoDevice:
    """Stands in for the player on a machine without sound: it says so, and its clock goes on for long."""

    problem: str | None = None
    is_playing = True
    position_s = 0.0
    duration_s = 1e9

    def load(self, sound: object, at_s: float | None = None) -> None:
        """Takes anything."""

    def play(self) -> None:
        """Nothing is heard."""
        self.problem = "no sound: there is no output device"

    def close(self) -> None:
        """Nothing is open."""


def test_without_a_device_pairs_are_written_beside_the_score_at_once(
    score: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.playback.player.Player", NoDevice)
    monkeypatch.setattr("sys.stdin", io.StringIO("1\nq\n"))
    code, out, err = ear([str(score), "--count", "2"], capsys)
    assert code == 0, err
    assert err.count("no output device") == 1
    assert (score.parent / "day.ear" / "ear-1-first.wav").exists()
    assert (score.parent / "day.ear" / "ear-2-second.mid").exists()
    assert "r again" not in err  # what is written is not played again
    assert "of 1 right" in out


def test_the_device_is_given_back_after_every_pair(
    score: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_now: list[str] = []

    class OneAtATime(NoDevice):
        is_playing = False

        def play(self) -> None:
            assert not open_now, "the device is busy"
            open_now.append("open")

        def close(self) -> None:
            open_now.clear()

    monkeypatch.setattr("engine.playback.player.Player", OneAtATime)
    monkeypatch.setattr("sys.stdin", io.StringIO("r\n1\n1\n"))
    code, out, err = ear([str(score), "--count", "2"], capsys)
    assert code == 0, err
    assert "of 2 right" in out
    assert "r again" in err


@pytest.mark.parametrize(
    ("typed", "answered"),
    [
        (b"\xff\xfe\n1\nq\n", 1),
        (b"9" * 5000 + b"\n1\nq\n", 1),
        ("\uff11\n\uff51\n".encode(), 1),
        (b"1", 1),
        (b"", 0),
    ],
)
def test_whatever_is_typed_is_an_answer_or_none(
    typed: bytes,
    answered: int,
    score: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed), encoding="utf-8"))
    code, out, err = ear([str(score), "--count", "3", "-o", str(tmp_path / "out")], capsys)
    assert code == 0, err
    assert f"of {answered} right" in out
    if not typed.endswith(b"\n"):
        assert err.endswith("\n")  # the result begins on its own line


def test_without_an_input_it_ends(
    score: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    code, out, _ = ear([str(score), "--count", "3", "-o", str(tmp_path / "out")], capsys)
    assert code == 0
    assert "of 0 right" in out


def test_a_person_who_wants_json_reads_the_questions_on_stderr(
    score: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n"))
    words = [str(score), "--kind", "tempo", "--count", "1", "--json", "-o", str(tmp_path / "out")]
    _, out, err = ear(words, capsys)
    assert json.loads(out)["count"] == 1
    assert "Which is faster?" in err


def test_a_score_without_music_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    silent = tmp_path / "silent.score"
    silent.write_text("# 1 A\n@mute melody counter chords bass drums\n@fit 4s\nHm.\n", encoding="utf-8")
    code, _, err = ear([str(silent), "--answers", "1"], capsys)
    assert code == 1
    assert "too little music" in err or "error" in err


def test_where_answers_cannot_be_kept_training_goes_on(
    score: Path, capsys: pytest.CaptureFixture[str], own_data: Path
) -> None:
    own_data.parent.mkdir(parents=True)
    own_data.parent.chmod(0o500)
    try:
        code, out, err = ear([str(score), "--count", "1", "--answers", "1"], capsys)
    finally:
        own_data.parent.chmod(0o700)
    assert code == 0
    assert "of 1 right" in out
    assert "not kept" in err or own_data.exists()  # root may write everywhere


def test_every_kind_has_its_words_in_both_languages() -> None:
    kinds = set(get_args(EarKind))
    assert set(KIND_NAMES) == set(EXPLAINED) == kinds
    assert set(QUESTIONS) <= kinds
    pairs = [*KIND_NAMES.values(), *EXPLAINED.values(), *(question for question, _ in QUESTIONS.values())]
    assert all(set(pair) == set(LANGUAGES) for pair in pairs)


@pytest.mark.parametrize("kind", ["timbre", "contour", "bass"])
def test_which_of_the_two_was_changed_is_said_of_every_kind(kind: EarKind) -> None:
    """“The first is as it was written” alone leaves it to the reader to think of the second."""
    assert "{less}" in EXPLAINED[kind]["en"]
    assert "{less}" in EXPLAINED[kind]["zh"]


@pytest.mark.parametrize(
    ("kind", "more", "first", "second", "against"),
    [
        ("mode", 2, (-0.3, 0.3), (-0.5, 0.1), True),
        ("mode", 1, (-0.3, 0.3), (-0.5, 0.1), False),
        ("tempo", 1, (0.0, 0.1), (0.0, 0.4), True),
        ("tempo", 2, (0.0, 0.1), (0.0, 0.4), False),
        ("bass", 1, (0.0, 0.1), (0.0, 0.4), False),
    ],
)
def test_what_the_recogniser_hears_the_other_way_round_is_told(
    kind: EarKind, more: int, first: tuple[float, float], second: tuple[float, float], against: bool
) -> None:
    exercise = Exercise(kind, "beginner", "1m1", 1, MUSIC, MUSIC, more)
    heard = [Heard(*each, 1.0, ()) for each in (first, second)]
    assert against_rule(exercise, *heard) == against
