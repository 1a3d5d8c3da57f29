"""Whatever comes in, the score that goes out has no errors, and its words are the source's."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.check import check_source
from dsl.diagnostics import Severity
from dsl.importers.convert import import_bytes
from dsl.importers.score_text import write_score
from dsl.importers.story import KINDS, Kind, Prose, Scene, Speech, Story
from dsl.score_file import plan_source
from tests.dsl.importers.reading_back import heard

PIECES = st.sampled_from(
    [
        *(
            "\n",
            "\n\n",
            "\n\n\n",
            " ",
            "{",
            "}",
            "\\",
            "@",
            "#",
            "//",
            ":",
            "：",
            "---",
            "***",
            "=",
            ">",
            "<",
            "~",
            "^",
            "!",
        ),
        *(
            "INT. A\n",
            "MARA\n",
            "@林\n",
            "(",
            ")",
            "[[",
            "]]",
            "/*",
            "*/",
            "**",
            "_",
            "CUT TO:",
            "Title: x\n",
            "第一章 ",
        ),
        *(
            "<FinalDraft><Content>",
            "</Content></FinalDraft>",
            '<Paragraph Type="Character"><Text>',
            '<Paragraph Type="Dialogue"><Text>',
            "</Text></Paragraph>",
        ),
        *(
            "001  AX  V  C  00:00:00:00 00:00:01:00 01:00:00:00 01:00:09:12\n",
            "002  V  C  00:00:00;00 00:00:01;00 00:00:04;00 23:59:59;23\n",
            "* LOC: 01:00:02:00 RED 1m1 A\n",
            "LOC: 01:00:05:29 1m1 OUT\n",
            " |C:ResolveColorBlue |M:Door {slam} // now |D:40\n",
            "FCM: DROP FRAME\n",
            "Name,Start,End\n",
            "Door,01:00:02:00,0:09.5\n",
            '"a\tb\n',
            "1\t01:00:10;12\t480000\tSamples\t1m2 x\t\n",
        ),
        *(
            "1\n",
            "00:00:01,000 --> 00:00:02,000\n",
            "00:01.000 --> 99:59:59.999 align:start\n",
            "WEBVTT\n",
            "NOTE ",
        ),
        *(
            "<i>",
            "</i>",
            "<v Bob>",
            "{\\an8}",
            "&amp;",
            "林: 好。",
            "MARA: yes",
            "x2: no",
            "A: b",
            "hello",
            "悬崖",
            "\t",
        ),
        *(
            "\u2028",
            "\ufeff",
            "\x00",
            "\x1b",
            "\x85",
            "\ud800",
            "\ue000",
            "\ue0000\ue000",
            "\u202e",
            "😀",
            "melodrama: 2",
        ),
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join))


def errors(text: str) -> list[str]:
    """Errors of the text and of its times."""
    found = plan_source(text.encode(), Path("x.score")).findings
    return [f"{f.code} {f.message} {f.span}" for f in found if f.severity is Severity.ERROR]


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from(KINDS))
def test_any_text_imports_to_a_score_without_errors(text: str, kind: Kind) -> None:
    result = import_bytes(text.encode("utf-8", "surrogatepass"), "any", kind)
    if result.problem is None:
        assert errors(result.text) == []


SOURCES: dict[Kind, str] = {
    "srt": (
        "1\n00:00:01,000 --> 00:00:03,000\nFirst words.\n\n"
        "2\n00:00:03,000 --> 00:00:03,000\nMARA: No time at all.\n\n"
        "3\n00:00:03,001 --> 00:00:05,000 X1:10\n{\\an8\\p1}m 0 0 l 1 1{\\p0}很多字。\n\n"
        "4\n-00:00:01,5 --> 00:00:04,000\n- Late\n"
    ),
    "vtt": (
        "WEBVTT\n\nNOTE x\n\n00:00.030 --> 00:03.720 align:start\n \nthe<00:00:00.719><c> river</c>\n\n"
        "00:03.720 --> 00:03.730\nthe river\n\n00:03.730 --> 00:06.000\nthe river\n<v Bob>rose and rose\n"
    ),
    "fountain": (
        "Title: x\n\nINT. A\n\n@林\n(low)\n我。\n\n/* cut */\nEXT. B\n\n"
        "MARA\nYes.\n\nCUT TO:\n\n= y\n\n林：好。\n"
    ),
    "fdx": (
        '<FinalDraft><Content>\n<Paragraph Type="Scene Heading"><Text>INT. A</Text></Paragraph>\n'
        '<Paragraph Type="Character"><Text>林 (V.O.)</Text></Paragraph>\n'
        '<Paragraph Type="Dialogue"><Text>好。{x}</Text></Paragraph>\n'
        '<Paragraph Type="Transition"><Text>CUT TO:</Text></Paragraph>\n</Content></FinalDraft>\n'
    ),
    "edl": (
        "TITLE: x\nFCM: NON-DROP FRAME\n\n"
        "001  AX  V  C  00:00:00:00 00:00:01:00 01:00:00:00 01:00:04:12\n* FROM CLIP NAME: A // {B}\n"
        "* LOC: 01:00:02:00 RED Door\n* LOC: 01:00:03:00 1m1 A\n"
        "002  AX  V  D 012 00:00:00:00 00:00:01:00 01:00:04:12 01:00:09:00\n* TO CLIP NAME: 林\n"
    ),
    "markers": (
        "SAMPLE RATE:\t48000.000000\nSESSION START TIMECODE:\t01:00:00:00\nTIMECODE FORMAT:\t25 Frame\n\n"
        "M A R K E R S  L I S T I N G\n#   \tLOCATION\tTIME REFERENCE\tUNITS\tNAME\tCOMMENTS\n"
        "1\t01:00:10:12\t480000\tSamples\tDoor // {x}\t\n2\t01:00:12:12\t0\tTicks\t1m1 林\tx\n"
    ),
    "otio": '{"OTIO_SCHEMA": "Timeline.1", "tracks": {"OTIO_SCHEMA": "Stack.1", "children": []}}\n',
    "fcpxml": '<?xml version="1.0"?>\n<fcpxml version="1.9"><resources/><library/></fcpxml>\n',
    "xmeml": '<?xml version="1.0"?>\n<xmeml version="4"><sequence><name>x</name></sequence></xmeml>\n',
    "aaf": "no AAF\n",
    "text": "标题\n\n第一章 风起\n\n1. 内景 咖啡馆 日\n△雨。\n林：好。\n林：来。\n***\nA line of words.\n",
}
TIMES = [
    "00:00:03,000 --> 00:00:03,001",
    "23:59:59,999 --> 23:59:59,999",
    "24:00:00,000 --> 25:00:00,0",
    "99:00:00,0 -->",
]
CUTS = st.tuples(
    st.floats(0, 1), st.integers(0, 40), st.one_of(PIECES, st.sampled_from(TIMES), st.text(max_size=3))
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(KINDS), st.lists(CUTS, max_size=8), st.booleans())
def test_a_damaged_script_imports_to_a_score_that_checks(
    kind: Kind, cuts: list[tuple[float, int, str]], told: bool
) -> None:
    text = SOURCES[kind]
    for place, length, piece in cuts:
        at = int(place * len(text))
        text = text[:at] + piece + text[at + length :]
    result = import_bytes(text.encode("utf-8", "replace"), f"any.{kind}", kind if told else None)
    assert result.problem or errors(result.text) == []


TIMED = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 300), st.integers(0, 90_000_000)),
        st.one_of(st.integers(-100, 100), st.integers(0, 10_000_000)),
        st.sampled_from(
            ["One.", "Many words, and then some more of them. " * 4, "很多字。", "- A\n- B", "", "MARA: yes"]
        ),
    ),
    max_size=12,
)


@settings(max_examples=300, deadline=None)
@given(TIMED)
def test_subtitles_at_any_times_make_a_score_that_checks(cues: list[tuple[int, int, str]]) -> None:
    def clock(ms: int) -> str:
        sign, ms = ("-" if ms < 0 else ""), abs(ms)
        return f"{sign}{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d},{ms % 1000:03d}"

    text = "".join(
        f"{n}\n{clock(at)} --> {clock(at + lasts)}\n{words}\n\n"
        for n, (at, lasts, words) in enumerate(cues, 1)
    )
    assert errors(import_bytes(text.encode(), "x.srt", "srt").text) == []


def test_more_than_a_day_of_reading_is_a_problem_and_no_score() -> None:
    result = import_bytes(b"Ten words stand here in a line of no meaning.\n\n" * 60_000, "x.txt")
    assert "hours" in (result.problem or "")
    assert result.text == ""


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_score_or_a_reason(data: bytes) -> None:
    result = import_bytes(data, "any.txt")
    assert result.problem or errors(result.text) == []


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1, max_size=12), TEXTS), max_size=6), TEXTS)
def test_every_word_reads_back_as_it_was(speeches: list[tuple[str, str]], prose: str) -> None:
    def sayable(text: str) -> bool:
        return text == " ".join(text.split()) and text.isprintable() and text != ""

    parts = [Speech(name, text, 1) for name, text in speeches if sayable(text)]
    proses = [Prose(line, 1) for line in prose.split("\n") if sayable(line)]
    written = write_score(Story("text", None, (Scene(None, (*parts, *proses), 1),)), "x")
    read = heard(check_source(written.text).document)
    assert [words for _, words in read] == [p.text for p in (*parts, *proses)]
    assert [speaker for speaker, _ in read[len(parts) :]] == [None] * len(proses)
    speakers = [speaker for speaker, _ in read[: len(parts)]]
    assert None not in speakers
    assert len(set(speakers)) == len({p.speaker for p in parts})


@pytest.mark.parametrize(
    "name", ["R2 D2", "x2", "3号", "MARA JONES", "O'Neil", "->", "😀", "no:colon", "a" * 200, "@@"]
)
def test_any_name_can_speak(name: str) -> None:
    written = write_score(Story("text", None, (Scene(None, (Speech(name, "Hello.", 1),), 1),)), "x")
    ((speaker, words),) = heard(check_source(written.text).document)
    assert errors(written.text) == []
    assert speaker is not None
    assert words == "Hello."


def test_a_file_full_of_braces_and_names_stays_within_what_a_score_can_hold() -> None:
    text = "".join(f"NAME{n}: {{{{{{ {{x}}\n" for n in range(30_000))
    result = import_bytes(text.encode(), "x.txt", "text")
    assert result.problem is None
    assert not any(f.severity is Severity.ERROR for f in check_source(result.text.encode()).findings)
    assert any("braces" in remark.what for remark in result.remarks)


def test_a_line_of_nearly_a_megabyte_is_broken_at_sentences() -> None:
    result = import_bytes(("A word and a stop. " * 45_000).encode(), "x.txt")
    assert errors(result.text) == []
    assert any("broken" in remark.became for remark in result.remarks)


def test_too_much_for_one_score_is_a_problem_and_no_text() -> None:
    result = import_bytes(b"x.\n" * 250_000, "x.txt")
    assert result.text == ""
    assert "divide" in (result.problem or "")


@pytest.mark.parametrize("kind", ["text", "fountain", "srt", "vtt"])
@pytest.mark.parametrize(
    "text",
    [
        "a" + " " * 100_000 + "b",
        ("a" + " " * 300 + "：\n") * 300,
        "[" * 100_000,
        "(" * 50_000 + ")" * 50_000,
        "*a" * 50_000,
        "人物表：\n\n" * 10_000,
        "0:00\nhi\n" * 10_000,
        "MARY" + "\u3000" * 50_000 + "：x",
    ],
    ids=["spaces", "wide names", "brackets", "parentheses", "stars", "casts", "times", "wide spaces"],
)
def test_nothing_takes_more_than_a_second_for_a_hundred_kilobytes(kind: Kind, text: str) -> None:
    before = time.process_time()
    import_bytes(
        f"00:01.000 --> 00:02.000\n{text}\n".encode() if kind in ("srt", "vtt") else text.encode(), "x", kind
    )
    assert time.process_time() - before < max(1.0, len(text.encode()) / 100_000)
