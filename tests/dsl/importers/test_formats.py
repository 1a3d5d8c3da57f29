"""What a file is: scripts are taken, everything with codes and times of its own is refused by name."""

import pytest

from dsl.importers.convert import import_bytes

ASS = "[Script Info]\nTitle: x\n\n[Events]\nDialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,Rain.\n"
RTF = "{\\rtf1\\ansi The rain fell.}"
HTML = "<!DOCTYPE html>\n<html><body><p>Rain.</p></body></html>\n"
MICRODVD = "{0}{25}Rain.\n{30}{60}More rain.\n"
LRC = "[ti:Rain]\n[00:12.00]Rain on the glass\n[00:15.30]all night\n"
SBV = "0:00:01.000,0:00:03.000\nRain.\n\n0:00:04.000,0:00:06.000\nMore.\n"
SCC = "Scenarist_SCC V1.0\n\n00:00:01:00\t9420 9420\n"
SAMI = "<SAMI><BODY><SYNC Start=1000><P>Rain.</SAMI>"
STRUCTURED = [ASS, RTF, HTML, MICRODVD, LRC, SBV, SCC, SAMI]
SCORE = "melodrama: 1\ntitle: x\n---\n# 1m1 A\nRain.\n"


@pytest.mark.parametrize("text", [*STRUCTURED, SCORE])
@pytest.mark.parametrize("name", ["", "cut.txt", "cut.dat", "cut.srt", "film.fountain"])
def test_text_written_for_programs_is_refused_whatever_its_name(text: str, name: str) -> None:
    result = import_bytes(text.encode(), name)
    assert result.text == ""
    for words in ("this is a", "Fountain", "SubRip", "WebVTT", "plain text", "--as text"):
        assert words in (result.problem or "")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("x.FDR", "Final Draft"),
        ("x.rtf", "RTF"),
        ("x.ass", "ASS"),
        ("x.sub", "MicroDVD"),
        ("x.ttml", "TTML"),
        ("x.xyz", ".xyz"),
        ("x.py", ".py"),
    ],
)
def test_a_name_that_no_reader_knows_is_refused_and_named(name: str, words: str) -> None:
    result = import_bytes(b"Just some words in it.\n", name)
    assert result.text == ""
    assert words in (result.problem or "")


@pytest.mark.parametrize("text", [*STRUCTURED, "Just words.\n"])
def test_told_to_be_text_anything_is_read_as_text(text: str) -> None:
    result = import_bytes(text.encode(), "x.edl", "text")
    assert (result.problem, result.kind) == (None, "text")


@pytest.mark.parametrize(
    "text",
    [
        "Just some words.\n",
        "He said: I, too, was there, once.\nShe said: I, too, was there.\nThey, too, were, twice.\n",
        "Chapter 1\n\nIt was 1984, in April, and cold.\n",
        "<3 was all she wrote.\n\nHe wrote <b>nothing</b> back.\n",
        "[She enters.]\n\nMARA: Where were you?\n",
        "{not a directive}\n\nJust words.\n",
        "Title: a word\n\nAnd a story.\n",
        "第一章 风起\n\n风，雨，雷，电。\n春，夏，秋，冬。\n",
        "Dear diary,\n\nat 10:30 I left, at 11:15 I came back.\n",
        "Name\tMood\nAnna\tsad\n",
        "001 is my number, said the prisoner.\n",
        "",
    ],
)
@pytest.mark.parametrize("name", ["", "story.txt", "story.md", "README"])
def test_stories_are_plain_text(text: str, name: str) -> None:
    result = import_bytes(text.encode(), name)
    assert (result.problem, result.kind) == (None, "text")


@pytest.mark.parametrize("name", ["", "film.txt", "film.dat", "film.sub", "film.srt"])
def test_subtitles_are_known_by_their_times(name: str) -> None:
    text = "1\n00:00:01,000 --> 00:00:03,000\nRain.\n"
    if name != "film.sub":
        assert import_bytes(text.encode(), name).kind == "srt"
    assert import_bytes(b"WEBVTT\n\n00:01.000 --> 00:03.000\nRain.\n", name or "x").kind in ("vtt", None)
