"""`melodrama feel`: readings kept beside the score, listed, removed; several writers at once lose nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dsl.check import check_source
from tests.tui.cli.test_commands import run
from tui.readings_file import READINGS, keep, written

LINE = "主人公站在悬崖边，望着远方的天空，心中充满了绝望。"
SCORE = f"title: 悬崖\n---\n# 1 A\n{LINE}\nShe ran down the hill, laughing.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "cliff.score").write_text(SCORE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kept(folder: Path) -> list[str]:
    return (folder / READINGS).read_text(encoding="utf-8").splitlines()[1:]


def test_a_reading_is_kept_beside_the_score_which_includes_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(["feel", LINE, "hope", "0.6"], capsys)
    assert code == 0, err
    assert kept(folder) == [f'@feel "{LINE}" hope 0.6']
    score = (folder / "cliff.score").read_text(encoding="utf-8")
    assert score == SCORE.replace("---\n", f'---\n@include "{READINGS}"\n')
    assert [f.code for f in check_source(score, folder).findings] == ["I340"]
    assert run(["feel", "laughing", "joy"], capsys)[0] == 0
    assert (folder / "cliff.score").read_text(encoding="utf-8") == score


def test_analyze_tells_the_readers_own_reading(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    run(["feel", "laughing", "despair", "0.5"], capsys)
    words = ["analyze", "cliff.score", "--quiet", "--weights", "debug"]
    sentences = json.loads(run([*words, "--json"], capsys)[1])["sentences"]
    own = {"words": "laughing", "emotion": "despair", "intensity": 0.5, "file": READINGS, "line": 2}
    assert [one["feel"] for one in sentences] == [[], [own]]
    assert sentences[1]["valence"] == pytest.approx(-0.4)
    assert "your own reading" in run(words, capsys)[1]


def test_a_second_reading_of_the_same_words_takes_the_place_of_the_first(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["feel", "laughing", "joy"], capsys)
    path = folder / READINGS
    path.write_text(path.read_text(encoding="utf-8").replace("joy", "joy  // so says Lin"), encoding="utf-8")
    run(["feel", "Laughing", "grief", "0.4"], capsys)
    assert kept(folder) == ['@feel "Laughing" grief 0.4  // so says Lin']


def test_readings_are_listed_and_removed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["feel", "laughing", "欢乐", "0.5"], capsys)
    run(["feel", "绝望", "v=-0.2", "a=0.1"], capsys)
    listed = json.loads(run(["feel", "--list", "--json"], capsys)[1])
    assert [(one["words"], one["emotion"], one["valence"]) for one in listed["readings"]] == [
        ("laughing", "欢乐", 0.425),
        ("绝望", None, -0.2),
    ]
    assert run(["feel", "--remove", "LAUGHING"], capsys)[0] == 0
    assert kept(folder) == ['@feel "绝望" v=-0.2 a=0.1']
    code, _, err = run(["feel", "--remove", "laughing"], capsys)
    assert (code, "no reading of these words" in err) == (1, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["laughing", "hop", "0.6"], "did you mean hope?"),
        (["laughing", "难过"], "did you mean 悲伤?"),
        (["laughing", "hope", "6"], "goes from 0 to 1"),
        (["not in any score", "hope"], "--score says which is meant"),
        (["……", "hope"], "no word in it"),
    ],
)
def test_what_cannot_be_kept_says_why_and_writes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    code, _, err = run(["feel", *words], capsys)
    assert (code, told in err) == (1, True), err
    assert not (folder / READINGS).exists()
    assert (folder / "cliff.score").read_text(encoding="utf-8") == SCORE


def test_words_that_the_score_itself_declares_are_left_to_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = '@feel "laughing" joy\n' + SCORE.split("---\n")[1]
    (folder / "cliff.score").write_text(text, encoding="utf-8")
    code, _, err = run(["feel", "laughing", "grief"], capsys)
    assert (code, "cliff.score:1" in err) == (1, True)
    assert not (folder / READINGS).exists()


def test_a_damaged_file_is_told_with_its_line_and_keeps_all_that_stands_in_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = '// mine\r\n@feel "绝望 hope\r\n<<<<<<< HEAD\r\n@feel "laughing" joy'
    (folder / READINGS).write_bytes(damaged.encode())
    code, _, err = run(["feel", "the hill", "calm"], capsys)
    assert code == 1
    assert f"{READINGS}:2:" in err
    assert f"{READINGS}:3:" in err
    assert (folder / READINGS).read_bytes().decode() == damaged + '\r\n@feel "the hill" calm\r\n'


def test_a_file_that_is_no_text_is_not_touched(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / READINGS).write_bytes(b'// ok\n@feel "\xff\xfe" joy\n')
    code, _, err = run(["feel", "laughing", "calm"], capsys)
    assert (code, "line 2" in err) == (1, True)
    assert (folder / READINGS).read_bytes() == b'// ok\n@feel "\xff\xfe" joy\n'


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x00\x00\x18ftypmp42" + bytes(200),
        bytes(500),
        b"%PDF-1.4\n%%EOF\n",
        b"# 1 A\nlaughing\n\xff\n",
        b"1\n00:00:01,000 --> 00:00:02,000\nlaughing\n",
    ],
)
@pytest.mark.parametrize("name", ["film.mp4", "film.txt", "film"])
def test_what_is_no_score_is_not_written_into_and_no_reading_is_kept_for_it(
    data: bytes, name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / name).write_bytes(data)
    code, out, err = run(["feel", "laughing", "joy", "--score", name, "--json"], capsys)
    assert (code, name in err) == (1, True)
    assert name in json.loads(out)["error"]
    assert (folder / name).read_bytes() == data
    assert not (folder / READINGS).exists()


def test_a_script_of_that_name_is_not_taken_for_readings(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / READINGS).write_text("# 1 A\nOnce upon a time.\n", encoding="utf-8")
    code, _, err = run(["feel", "laughing", "calm"], capsys)
    assert (code, "holds a script" in err) == (1, True)
    assert (folder / READINGS).read_text(encoding="utf-8") == "# 1 A\nOnce upon a time.\n"


def test_several_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from tui.readings_file import keep, written\n"
        "for n in range(12): keep(Path(sys.argv[1]), written(f'{sys.argv[2]} number {n}', 'hope 0.5'))\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name], cwd=Path(__file__).parents[3])
        for name in ("one", "two", "three")
    ]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    assert len(kept(tmp_path)) == 36
    assert kept(tmp_path) == sorted(kept(tmp_path))


def test_other_lines_of_the_file_stay_as_they_are(tmp_path: Path) -> None:
    before = '// first\n\n@mood dusk = -0.3 -0.4\n@feel "b"   hope    // b\n\n// last\n'
    (tmp_path / READINGS).write_text(before, encoding="utf-8")
    keep(tmp_path, written("a", "calm"))
    keep(tmp_path, written("c", "calm"))
    after = (tmp_path / READINGS).read_text(encoding="utf-8")
    assert after == before.replace('@feel "b"', '@feel "a" calm\n@feel "b"').replace(
        "// b\n", '// b\n@feel "c" calm\n'
    )
