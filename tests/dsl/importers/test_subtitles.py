"""SRT and WebVTT: times, speakers, tags, blocks; and that the score's clock is the file's."""

from pathlib import Path

import pytest

from dsl.diagnostics import Severity
from dsl.plan import PlannedLine
from dsl.score_file import plan_source
from tests.dsl.importers.reading_back import comments, heard, imported, said, titles

SRT = """1
00:00:12,000 --> 00:00:14,500
<i>Rain on the glass</i>
roof, all night.

2
00:00:15,000 --> 00:00:17,000  X1:10 X2:20
{\\an8}MARA: You said
you'd come alone.

3
00:00:17,200 --> 00:00:19,000
- I did.
- Did you?

4
00:00:40,000 --> 00:00:42,000
Morning <3 came &amp; went.
"""

VTT = """WEBVTT - My film
Kind: captions

NOTE checked by nobody

STYLE
::cue { color: red }

intro
00:01.000 --> 00:04.000 align:start
<v Mary>Hello there, <c.loud>old</c> friend &amp; foe.</v>

00:05.000 --> 00:06.500
<v.first Bob>Hi <00:00:05.500>you.
<v Mary>Well.
"""


def planned(text: str, name: str) -> list[PlannedLine]:
    result, _ = imported(text, name)
    loaded = plan_source(result.text, Path("x.score"))
    assert not [f for f in loaded.findings if f.severity is Severity.ERROR]
    assert loaded.plan is not None
    return [line for cue in loaded.plan.cues for line in cue.lines]


def test_srt_lines_speakers_and_tags() -> None:
    result, document = imported(SRT, "film.srt")
    assert heard(document) == [
        (None, "Rain on the glass roof, all night."),
        ("MARA", "You said you'd come alone."),
        (None, "- I did."),
        (None, "- Did you?"),
        (None, "Morning <3 came & went."),
    ]
    assert titles(document) == ["Scene 1", "Scene 2"]
    assert said(result, "styling")
    assert said(result, "positions of subtitles")


def test_every_subtitle_begins_and_ends_on_its_time() -> None:
    lines = planned(SRT, "film.srt")
    times = [(12.0, 14.5), (15.0, 17.0), (17.2, None), (None, 19.0), (40.0, 42.0)]
    for line, (start, end) in zip(lines, times, strict=True):
        assert start is None or line.start_s == pytest.approx(start, abs=0.002)
        assert end is None or line.end_s == pytest.approx(end, abs=0.002)


def test_webvtt_voices_blocks_and_settings() -> None:
    result, document = imported(VTT, "film.vtt")
    assert document.front_matter.title == "My film"
    assert heard(document) == [
        ("Mary", "Hello there, old friend & foe."),
        ("Bob", "Hi you."),
        ("Mary", "Well."),
    ]
    assert comments(document) == ["Kind: captions", "checked by nobody"]
    for words in ("NOTE", "STYLE", "names of subtitles", "positions of subtitles"):
        assert said(result, words), words


def test_overlapping_unordered_and_simultaneous_subtitles_are_planned_and_told() -> None:
    text = (
        "1\n00:00:05,000 --> 00:00:06,000\nSecond here.\n\n"
        "2\n00:00:01,000 --> 00:00:09,000\nFirst one is long.\n\n"
        "3\n00:00:05,000 --> 00:00:07,000\nAt the same time.\n\n"
        "4\n00:00:08,000 --> 00:00:08,000\nNo length at all.\n"
    )
    result, document = imported(text, "x.srt")
    assert [words for _, words in heard(document)] == [
        "First one is long.",
        "Second here.",
        "At the same time.",
        "No length at all.",
    ]
    starts = [line.start_s for line in planned(text, "x.srt")]
    assert starts[0] == pytest.approx(1.0, abs=0.002)
    assert starts[1] == pytest.approx(5.0, abs=0.002)
    assert starts[3] == pytest.approx(8.0, abs=0.002)
    for words in ("order", "overlap", "same moment"):
        assert said(result, words), words


def test_the_pace_is_what_the_subtitles_show() -> None:
    blocks = [
        f"{n}\n00:00:{2 * n:02d},000 --> 00:00:{2 * n + 1:02d},500\nfive words in each one\n"
        for n in range(12)
    ]
    _, document = imported("\n".join(blocks), "x.srt")
    assert document.front_matter.pace == pytest.approx(200, abs=1)


def test_text_in_front_and_odd_blocks_are_not_lost() -> None:
    text = (
        "Made by X\n\n1\n00:00:01,000 --> 00:00:02,000\nOne.\n\nstray line.\n\n"
        "2\n00:00:03,000 --> 00:00:04,000\n\n"
    )
    result, document = imported(text, "x.srt")
    assert comments(document) == ["Made by X"]
    assert [words for _, words in heard(document)] == ["One.", "stray line."]
    assert said(result, "subtitles without text")
