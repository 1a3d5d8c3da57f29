"""Every command that takes a text takes it in alike: what is heard is what `import` would write."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tui.cli.main import main

FOUNTAIN = (
    "INT. GARDEN - DAY\n\n/* We laughed and danced, joy everywhere! */\n\nMARA\n(low)\n"
    "I will never forgive you. Everything is lost.\n\n[[funny party scene?]]\n"
)
CHINESE = "主人公站在悬崖边，心中充满了绝望。\n\n林：我不会回头。\n\n林：再见。\n"
SRT = (
    "1\n00:00:01,000 --> 00:00:03,000\n<i>Rain fell.</i>\n\n2\n00:00:04,000 --> 00:00:06,000\nNobody came.\n"
)


@pytest.fixture
def read(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """What `analyze` makes of bytes, from a file of a name or from stdin: its JSON."""

    def analysed(data: bytes, name: str) -> dict[str, Any]:
        words = ["analyze", "-", "--json", "--quiet", "--no-keywords", "--weights", "debug"]
        if name == "-":
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        else:
            (tmp_path / name).write_bytes(data)
            words[1] = str(tmp_path / name)
        main(words)
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        return answer

    return analysed


def texts(answer: dict[str, Any]) -> list[str]:
    return [sentence["text"] for sentence in answer["sentences"]]


@pytest.mark.parametrize("name", ["film.fountain", "-", "film.txt"])
def test_analyze_reads_of_a_screenplay_what_is_heard(read: Any, name: str) -> None:
    answer = read(FOUNTAIN.encode(), name)
    assert texts(answer) == ["I will never forgive you.", "Everything is lost."]
    spans = [sentence["span"] for sentence in answer["sentences"]]
    assert [(span["line"], span["column"]) for span in spans] == [(7, 1), (7, 27)]


@pytest.mark.parametrize("name", ["film.srt", "-", "film.txt"])
def test_analyze_reads_no_times_of_subtitles(read: Any, name: str) -> None:
    answer = read(SRT.encode(), name)
    assert texts(answer) == ["Rain fell.", "Nobody came."]
    assert [sentence["span"]["line"] for sentence in answer["sentences"]] == [3, 7]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gbk"])
@pytest.mark.parametrize("name", ["story.txt", "-"])
def test_analyze_reads_any_encoding_alike(read: Any, codec: str, name: str) -> None:
    answer = read(CHINESE.encode(codec), name)
    assert texts(answer) == ["主人公站在悬崖边，心中充满了绝望。", "我不会回头。", "再见。"]
    assert [sentence["span"]["line"] for sentence in answer["sentences"]] == [1, 3, 5]


@pytest.mark.parametrize("name", ["story.txt", "-", "story.score"])
def test_a_score_stays_a_score_whatever_its_name(read: Any, name: str) -> None:
    text = "@character 林\n# 1m1 The cliff\n@emotion joy 0.9\nRain {hit} fell.\n林: 好。\n// not heard\n"
    assert texts(read(text.encode(), name)) == ["Rain fell.", "好。"]
    text = "melodrama: 1\ntitle: x\n---\nRain fell. // and more\n"
    assert texts(read(text.encode(), name)) == ["Rain fell.", "// and more"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("film.ass", "Fountain"),
        ("x.rtf", "Fountain"),
        ("x.xyz", "Fountain"),
        ("cut.edl", "no edit and no marker"),
        ("film.fdx", "line 1, column 1"),
    ],
)
def test_analyze_refuses_what_import_refuses(read: Any, name: str, said: str) -> None:
    assert said in read(b"Some words.\n", name)["error"]


def test_analyze_reads_of_a_final_draft_script_what_is_heard(read: Any) -> None:
    words = (
        ("Scene Heading", "INT. GARDEN"),
        ("Action", "Joy!"),
        ("Character", "MARA"),
        ("Dialogue", "Never."),
    )
    lines = "".join(f'<Paragraph Type="{kind}"><Text>{text}</Text></Paragraph>' for kind, text in words)
    script = f'<FinalDraft DocumentType="Script"><Content>{lines}</Content></FinalDraft>'
    assert "Never." in texts(read(script.encode(), "film.fdx"))


def test_analyze_says_the_deciding_words_where_no_colour_shows_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = tmp_path / "a.txt"
    story.write_text("He lost all hope and wept.\n", encoding="utf-8")
    assert main(["analyze", str(story), "--quiet"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "words: " in shown
    assert any(word in shown.partition("words: ")[2] for word in ("lost −", "wept −", "hope "))


def target(words: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    assert main(["match", *words, "--json", "--quiet", "--weights", "debug"]) == 0
    found: dict[str, float] = json.loads(capsys.readouterr().out)["target"]
    return found


@pytest.fixture
def tune(tmp_path: Path) -> str:
    import pretty_midi

    midi = pretty_midi.PrettyMIDI()
    piano = pretty_midi.Instrument(0)
    piano.notes += [pretty_midi.Note(80, 60 + n % 12, n / 2, n / 2 + 0.4) for n in range(32)]
    midi.instruments.append(piano)
    midi.write(str(tmp_path / "a.mid"))
    return str(tmp_path / "a.mid")


def test_match_reads_no_notes_and_nothing_commented_out(
    tmp_path: Path, tune: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, bare = tmp_path / "whole.fountain", tmp_path / "bare.fountain"
    whole.write_text(FOUNTAIN, encoding="utf-8")
    bare.write_text(
        "INT. GARDEN - DAY\n\nMARA\nI will never forgive you. Everything is lost.\n", encoding="utf-8"
    )
    assert target([str(whole), tune], capsys) == target([str(bare), tune], capsys)


def test_match_reads_any_encoding_alike(
    tmp_path: Path, tune: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for codec in ("utf-8", "gbk", "utf-16", "utf-16-le"):
        story = tmp_path / f"{codec}.txt"
        story.write_bytes(CHINESE.encode(codec))
        found.append(target([str(story), tune], capsys))
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CHINESE.encode(codec))))
        found.append(target(["-", tune], capsys))
    assert all(one == found[0] for one in found)


def test_match_refuses_what_import_refuses_and_takes_sentences_that_look_like_names(
    tmp_path: Path, tune: str, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "a.csv"
    table.write_text("a,b,c\n", encoding="utf-8")
    assert main(["match", str(table), tune, "--quiet", "--weights", "debug"]) == 1
    assert "times of markers" in capsys.readouterr().err
    target(["He wept. All is lost.", tune], capsys)
    target(["他走了。", tune], capsys)


@pytest.mark.parametrize("command", ["check", "plan", "render", "fmt", "diff", "play"])
@pytest.mark.parametrize("name", ["film.srt", "film.fountain", "cut.edl"])
def test_commands_for_scores_take_no_other_script_for_one(
    command: str,
    name: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    film = tmp_path / name
    film.write_text(SRT, encoding="utf-8")
    more = {"diff": [str(film)], "render": ["-o", str(tmp_path)]}.get(command, [])
    assert main([command, str(film), *more]) == 1
    said = capsys.readouterr()
    assert name in said.err + said.out
    assert "not a score" in said.err + said.out
    assert "melodrama import" in said.err + said.out
    assert film.read_text(encoding="utf-8") == SRT


def test_the_workstation_takes_no_other_script_for_a_score(tmp_path: Path) -> None:
    from tui.files import Problem, open_score

    film = tmp_path / "film.srt"
    film.write_text(SRT, encoding="utf-8")
    opened = open_score(film)
    assert isinstance(opened, Problem)
    assert "melodrama import" in opened.message


EDL = (
    "TITLE: x\nFCM: NON-DROP FRAME\n001  AX  V  C  00:00:00:00 00:00:04:00 01:00:00:00 01:00:04:00\n"
    "* FROM CLIP NAME: wide\n"
)


@pytest.mark.parametrize(
    ("name", "data"),
    [("cut.edl", EDL), ("a.txt", EDL), ("m.csv", "Name,Start\nDoor,01:00:01:00\n")],
)
def test_lists_of_cuts_and_markers_have_no_words_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, data: str
) -> None:
    path, music = tmp_path / name, tmp_path / "a.mid"
    path.write_text(data)
    music.write_bytes(b"MThd")
    for words in (
        ["analyze", str(path), "--weights", "debug"],
        ["match", str(path), str(music), "--weights", "debug"],
    ):
        assert main([*words, "--quiet"]) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert f"{name} holds cuts and markers" in said.err


def test_analyze_and_match_read_final_draft(
    read: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = (
        '<?xml version="1.0" encoding="UTF-8"?><FinalDraft DocumentType="Script"><Content>'
        '<Paragraph Type="Scene Heading"><Text>INT. KITCHEN</Text></Paragraph>'
        '<Paragraph Type="Action"><Text>She waits in tears.</Text></Paragraph></Content></FinalDraft>'
    )
    assert texts(read(script.encode(), "film.fdx")) == ["She waits in tears."]
    assert texts(read(script.encode("utf-16"), "film.fdx")) == ["She waits in tears."]
