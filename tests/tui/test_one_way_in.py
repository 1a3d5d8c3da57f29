"""Whichever way a script comes in, the same is heard: `import`, `analyze`, `match`, a pipe, the clipboard."""

import io
import sys
from pathlib import Path

import pytest

from dsl.importers.convert import import_bytes
from dsl.incoming import read_script
from dsl.plan import Plan
from dsl.score_file import plan_source
from tui.cli.main import main
from tui.pasting import read_as_script

FOUNTAIN = (
    "INT. GARDEN - DAY\n\n/* We laughed and danced. */\n\nMARA\n(low)\nI will never forgive you. "
    "[[funny party scene]]\n\nEXT. FIELD - NIGHT\n\nStars.\n"
)
SUBTITLES = (
    "1\n00:00:01,000 --> 00:00:03,000\n[door slams]\n\n2\n00:00:04,000 --> 00:00:06,000\n"
    "我不会回头\nI won't turn back.\n\n3\n00:00:07,000 --> 00:00:09,000\n<i>JOHN:</i> No.\n"
)
CAPTIONS = "WEBVTT\n\nNOTE x\n\n00:01.000 --> 00:02.000\n<v Bob>Hi.</v>\n"
CHINESE = (
    "人物表：\n林：医生。\n沈：警察。\n\n第一场 日 内 家\n时间：日\n林（笑）：走吧。\n沈：好。\n林：嗯。\n"
    "众人：走！\n\n"
    "第二场 夜 外 街\n雨。\n"
)
DRAFTED = (
    '<FinalDraft><Content><Paragraph Type="Character"><Text>MARA (V.O.)</Text></Paragraph>'
    '<Paragraph Type="Dialogue"><Text>Hi.</Text></Paragraph></Content></FinalDraft>'
)
SCRIPTS = [FOUNTAIN, SUBTITLES, CAPTIONS, CHINESE, DRAFTED]


def spoken(plan: Plan | None) -> list[str]:
    assert plan is not None
    return [line.text for cue in plan.cues for line in cue.lines]


@pytest.mark.parametrize("text", SCRIPTS)
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gbk"])
def test_every_way_in_hears_the_same(
    text: str, codec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = text.encode(codec)
    expected = spoken(plan_source(import_bytes(text.encode(), "x").text.encode(), Path("x.score")).plan)
    assert expected
    assert not any(
        word in " ".join(expected) for word in ("laughed", "party", "door", "NOTE", "医生", "时间")
    )
    # analyze and match, from a file and from a pipe
    assert spoken(read_script(data, Path("stdin")).loaded.plan) == expected
    # import, from a file and from a pipe
    source, out = tmp_path / "x", tmp_path / "x.score"
    source.write_bytes(data)
    assert main(["import", str(source), "-o", str(out)]) == 0
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert main(["import", "-", "-o", "-"]) == 0
    for score in (out.read_bytes(), capsys.readouterr().out.encode()):
        assert spoken(plan_source(score, Path("x.score")).plan) == expected
    # the clipboard, whose text is decoded already
    pasted = read_as_script(text, is_alone=True, eagerly=True)
    assert pasted is not None
    assert spoken(plan_source(pasted.text.encode(), Path("x.score")).plan) == expected


def test_what_is_no_script_is_refused_the_same_way_everywhere() -> None:
    data = b"[Script Info]\nTitle: x\n\n[Events]\nDialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,Rain.\n"
    problem = import_bytes(data, "x.ass").problem or ""
    assert "ASS" in problem
    assert problem in (read_script(data, Path("x.ass")).loaded.problem or "")
    assert read_as_script(data.decode(), is_alone=True, eagerly=True) is None


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("a.srt", SUBTITLES, {"我不会回头": 7, "I won't turn back.": 8, "No.": 12}),
        ("a.vtt", CAPTIONS, {"Hi.": 6}),
        ("a.txt", CHINESE, {"走吧。": 7, "雨。": 13}),
        ("a.fountain", FOUNTAIN, {"Stars.": 11}),
    ],
)
def test_what_is_read_is_shown_in_the_line_of_the_file_that_says_it(
    name: str, text: str, lines: dict[str, int]
) -> None:
    script = read_script(text.encode(), Path(name))
    assert script.loaded.plan is not None
    places = {
        line.text: script.span(line.span, line.text) for cue in script.loaded.plan.cues for line in cue.lines
    }
    for words, number in lines.items():
        assert places[words].line == number, words
        shown = script.lines[number - 1]
        assert shown[places[words].column - 1 : places[words].end_column - 1] == words
