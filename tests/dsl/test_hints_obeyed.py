"""What a finding offers in place of a mistake is right: put there, nothing is left to say."""

from pathlib import Path

import pytest

from dsl.check import check_source
from dsl.diagnostics import Finding
from dsl.explain import EXAMPLES
from dsl.score_file import plan_source

HEAD = "fps: 25\n---\n@motif rope = [E5 G5]\n# 1 A\n"
TAIL = "\nGo, {motif rope} he said.\n# L2 B\nRun.\n"


def errors(line: str) -> list[Finding]:
    return [finding for finding in check_source(HEAD + line + TAIL).findings if finding.code[0] == "E"]


def mended(line: str) -> str:
    """The line with every fix of its errors in, one round after the other, as a person would."""
    for _ in range(4):
        found = errors(line)
        if not found or found[-1].fix is None:
            return line
        span = found[-1].fix.span
        line = line[: span.column - 1] + found[-1].fix.text + line[span.end_column - 1 :]
    return line


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("@emotion dread, 0.8", "@emotion dread 0.8"),
        ("@emotion dread,0.8", "@emotion dread 0.8"),
        ("@emotion dread 0,8", "@emotion dread 0.8"),
        ("@emotion v=-0.6, a=0.4", "@emotion v=-0.6 a=0.4"),
        ("@emotion dread 80", "@emotion dread 0.8"),
        ("@emotion: dread", "@emotion dread"),
        ("@emotion:dread", "@emotion dread"),
        ("@emotion joyful, 80", "@emotion joy 0.8"),
        ("@情感：绝望", "@情感 绝望"),
        ("@情感：绝望，０．８", "@情感 绝望 0.8"),
        ("@情感 绝望、0.8", "@情感 绝望 0.8"),
        ("@tempo 72bpm", "@tempo 72"),
        ("@pace 180wpm", "@pace 180"),
        ("@tempo 60~84", "@tempo 60..84"),
        ("@tempo 60 – 84", "@tempo 60..84"),
        ("@tempo 60 - 84", "@tempo 60..84"),
        ("@速度 60～84", "@速度 60..84"),
        ("@速度 ６０", "@速度 60"),
        ("@density 30", "@density 0.3"),
        ("@instruments melody=cello, bass=none", "@instruments melody=cello bass=none"),
        ("@instruments lead=cello，bass=none", "@instruments melody=cello bass=none"),
        ("@mute melody,drums", "@mute melody drums"),
        ("@at 00:01:12,500", "@at 00:01:12.500"),
        ("@fit 12 s", "@fit 12s"),
        ("@fit 12 seconds", "@fit 12s"),
        ("@fit 12sec", "@fit 12s"),
        ("@fit 1m", "@fit 60s"),
        ("@fit 1.5min", "@fit 90s"),
        ("@fit 1.5 minutes", "@fit 90s"),
        ("@fit 0:12", "@fit 12s"),
        ("@pause 2 秒", "@pause 2秒"),
        ("@pause 2 分钟", "@pause 120s"),
        ("@停顿 ２秒", "@停顿 2秒"),
        ("@at 62.5", "@at 01:02.5"),
        ("@at 62s", "@at 01:02"),
        ("@at 5min", "@at 05:00"),
        ("@at 1m12s", "@at 01:12"),
        ("@at 1h2m3s", "@at 01:02:03"),
        ("@时刻 1分12秒", "@时刻 01:12"),
        ("@at 1:72", "@at 2:12"),
        ("@at 00:59:60.5", "@at 1:00:00.5"),
        ("@at ００：０１：１２", "@at 00:01:12"),
        ("@at ００：０１：１２：０８", "@at 00:01:12:08"),
        ("@out ４０s", "@out 00:40"),
        ('@hit "door slam!"', "@hit door-slam"),
        ('@style "noir"', "@style noir"),
        ('@emotion "joyful" 0.5', "@emotion joy 0.5"),
        ("@emotion dread -> hope over 8 s", "@emotion dread -> hope over 8s"),
    ],
)
def test_what_is_offered_mends_the_line(line: str, right: str) -> None:
    assert errors(line) != []
    assert mended(line) == right
    assert errors(right) == []


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_the_fix_of_every_example_of_a_mistake_mends_it(code: str) -> None:
    wrong = EXAMPLES[code][0]
    found = [one for one in plan_source(wrong, Path("a.score")).findings if one.code == code and one.fix]
    for finding in found:
        assert finding.fix is not None
        lines, span = wrong.split("\n"), finding.fix.span
        line = lines[span.line - 1]
        lines[span.line - 1] = line[: span.column - 1] + finding.fix.text + line[span.end_column - 1 :]
        again = plan_source("\n".join(lines), Path("a.score")).findings
        assert len([one for one in again if one.code == code]) < len(found), lines


def test_drop_frame_as_premiere_shows_it_is_answered_with_how_it_is_written_here() -> None:
    head = "fps: 29.97\nstart: 00:00:00;00\n---\n# A\n"
    (finding,) = check_source(f"{head}@at 00;01;12;08\nGo.").findings
    assert finding.fix is not None
    assert finding.fix.text == "00:01:12;08"
    assert check_source(f"{head}@at 00:01:12;08\nGo.").findings == ()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("@at -00:10", "no sign"),
        ("@at +00:10", "no sign"),
        ("@at 25:00:00", "over midnight"),
        ("@at 00.01.12.08", "Write @at TIMECODE"),
        ("@at :10", "Write @at TIMECODE"),
        ("@emotion=dread", "Write @emotion NAME"),
        ("@emotion dread + hope", "Write @emotion NAME"),
        ("@hit slam!", "Write @hit [NAME]"),
        ("@tempo *0.8", "xFACTOR"),
        ("@include 'common.score'", '"quotes"'),
        ("@feel “x” = joy", "Write @feel"),
        ("@loop 4", "Write @loop."),
        ("@tempo 80%", "20 to 300"),
    ],
)
def test_what_cannot_be_mended_by_itself_says_how_the_directive_is_written(line: str, words: str) -> None:
    (finding,) = errors(line)
    assert words in (finding.hint or "")
    assert finding.fix is None
