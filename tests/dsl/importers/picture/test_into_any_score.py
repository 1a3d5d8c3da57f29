"""Any list into any score: not a word of the writer's is lost, nothing gets impossible, and a second time
changes nothing. Scores and lists are drawn by lot, as writers and programs write them."""

import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.importers.convert import Imported, import_into
from dsl.importers.picture.take_in import ListOptions
from dsl.score_file import plan_source
from tests.dsl.importers.picture.lists import RATES, label

TIME = re.compile(r"(@(?:at|out|时刻)\s+|\{at\s+)[0-9:;.]+")
GIVEN_TIME = re.compile(r"\{at T\}")
NOTES = ("note of it", "备注")
NAMES = (
    *(
        "door",
        "Door slam!",
        "门",
        "关门声",
        "1m1",
        "1m2 B",
        "1m1 out",
        "1m2 OUT",
        "# 乐段",
        "cue: Finale",
        "a b",
    ),
    *(
        "{",
        "//",
        "@hit",
        "2",
        "",
        "x",
        "x",
        "晚上 好",
        "é",
        "乐段：悬崖",
        "1m3 悬崖",
        "A" * 60,
        "cut: a",
        "marker",
    ),
)
PARTS = (
    *(
        ("He stands at the edge.",),
        ("他站在悬崖边。",),
        ("{hit door} rain {at T}{hit x} more",),
        ("{hit 门} falls",),
    ),
    *(("@at T // careful",), ("@at T // cut: A",), ("@at T // marker: door", "@hit door"), ("@hit bell",)),
    *(("@at T", "@hit x // loud"), ("@at T // marker: x", "// between", "@hit x // loud"), ("@hit",)),
    *(("@时刻 T", "@重音 门"), ("@pause 2s",), ("@emotion hope 0.5",), ("// words of mine",), ("",)),
    *(("@out T",), ("@out T // cut: end",), ("@bars 8",), ("@fit 6s",), ("\\@at 3 is text",), ("@at 99",)),
    *(("@transition segue",), ("林：我不会回头。",), ("@character 林",)),
)
Events = list[tuple[int, str, str, int]]
"""Frame, name, note, length in frames of each marker."""


def a_score(dice: Random, rate: str, hour: int) -> str:
    lines: list[str] = []
    if dice.random() < 0.8:
        front = ("melodrama: 1", "title: Night // mine", f"fps: {rate}", f"start: {hour:02}:00:00:00", "// c")
        lines += [line for line in front if dice.random() < 0.6] + ["---"]
    if dice.random() < 0.4:
        lines += ["@motif rope = [E5 G5 B5]", "// declared", "Before all cues, rain."]
    for cue in range(dice.randrange(4)):
        lines += ["", dice.choice((f"# 1m{cue + 1} Cliff", "# 1m1", "# 悬崖", "# B", "# 1m2 B // c"))]
        if dice.random() < 0.5:
            says = dice.choice(("", " // mine", " // cut: a", f" // marker: 1m{cue + 1}"))
            lines.append(f"@at {hour:02}:0{cue}:{dice.randrange(20):02}:00{says}")
        for _ in range(dice.randrange(6)):
            time = f"{hour:02}:0{cue}:{dice.randrange(10, 59):02}:{dice.randrange(20):02}"
            lines += [
                part.replace("T", time, 1) if "@" in part or "{" in part else part
                for part in dice.choice(PARTS)
            ]
    return dice.choice(("\n", "\r\n")).join([*lines, ""] if dice.random() < 0.7 else lines)


def some_events(dice: Random, rate: str, first: int) -> Events:
    return [
        (
            first + dice.randrange(260 * round(RATES[rate])),
            dice.choice(NAMES),
            dice.choice(("", *NOTES)),
            dice.choice((1, 30, 200)),
        )
        for _ in range(dice.randrange(1, 9))
    ]


def listed(rate: str, drop: bool, events: Events) -> bytes:
    text = f"TITLE: x\nFCM: {'' if drop else 'NON-'}DROP FRAME\n\n"
    for frame, name, note, length in events:
        begins, ends = label(rate, frame, drop), label(rate, frame + 1, drop)
        text += f"001  001      V     C        {begins} {ends} {begins} {ends}\n"
        text += f"{note} |C:ResolveColorRed |M:{name} |D:{length}\n\n"
    return text.encode()


def words(text: str) -> Counter[str]:
    """The lines without the times that a list may change; notes of lists are lists'."""
    lines = [TIME.sub(r"\1T", line) for line in re.split(r"\r?\n", text)]
    return Counter(GIVEN_TIME.sub("", line) for line in lines if line.strip() and line[3:] not in NOTES)


def in_order(text: str) -> list[str]:
    """The lines that stay where they are: all but moments and hits."""
    kept = [
        line for line in re.split(r"\r?\n", text) if not re.match(r"@(at|时刻|hit|重音)|// (note|备)", line)
    ]
    return [GIVEN_TIME.sub("", TIME.sub(r"\1T", line)) for line in kept if line.strip()]


def impossible(text: str) -> Counter[str]:
    findings = plan_source(text.encode(), Path("x.score")).findings
    # E402 is too much text for the time that the picture leaves: the writer's to shorten.
    return Counter(one.code for one in findings if one.code[0] == "E" and one.code != "E402")


def holds(before: str, made: Imported, data: bytes, options: ListOptions) -> None:
    assert not words(before) - words(made.text)
    rest = iter(in_order(made.text))
    assert all(line in rest for line in in_order(before))
    assert impossible(made.text) <= impossible(before)
    assert "\r\n" not in before or "\n" not in made.text.replace("\r\n", "")
    again = import_into(made.text, "", data, "x.edl", options=options)
    assert again.text == made.text
    assert again.taken is not None
    assert {change.how for change in again.taken.changes} <= {"same", "left out", "gone"}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False))
def test_any_list_in_any_score_as_it_comes_and_as_it_changes(dice: Random) -> None:
    rate, own = dice.choice(list(RATES)), dice.choice(list(RATES))
    drop, hour = rate in ("29.97", "59.94") and dice.random() < 0.6, dice.choice((0, 1, 10))
    nominal = round(RATES[rate])
    first = hour * 3600 * nominal - (hour * 54 * nominal // 15 if drop else 0)
    text, events = a_score(dice, own, hour), some_events(dice, rate, first)
    options = ListOptions(fps=RATES[rate], cuts=dice.choice(("at", "hit", "cue", "none")))
    later = [
        (max(frame + dice.choice((0, 0, 1, nominal, -nominal, 40 * nominal, -40 * nominal)), 0), *rest)
        for frame, *rest in events
    ]
    for some in (events, later, events):  # type: ignore[assignment]
        data = listed(rate, drop, some)  # type: ignore[arg-type]
        made = import_into(text, "", data, "x.edl", options=options)
        if made.problem is None:
            holds(text, made, data, options)
            text = made.text


SCORE = """fps: 25
start: 01:00:00:00
---
# 1m1 A
@at 01:00:00:00
Rain.
@at 01:00:20:00 // my own word
@hit door // loud
{at 01:00:40:00}{hit bell} More. {at 01:00:50:00}{hit drum}

# 1m2 B
@at 01:01:00:00
@out 01:01:50:00
Wind.
"""


@pytest.mark.parametrize(
    ("markers", "left_out"),
    [
        ([("01:00:45:00", "cue: Storm")], "cannot meet"),  # within a line
        ([("01:00:45:00", "1m1")], "behind a moment in them"),
        ([("01:00:30:00", "1m1 OUT")], "before a moment in them"),
        ([("01:01:49:12", "1m2")], "behind their end"),
        ([("01:01:40:00", "cue: Storm")], "before the end of the one before"),
        ([("01:02:00:00", "cue: Storm"), ("01:03:00:00", "cue: Storm")], "more than once"),
        ([("01:02:00:00", "1m2 OUT"), ("01:03:00:00", "1m2 out")], "more than once"),
    ],
)
def test_what_would_make_the_score_impossible_is_left_out_and_told(
    markers: list[tuple[str, str]], left_out: str
) -> None:
    lines = "".join(f"* LOC: {time} RED     {name}\n" for time, name in markers)
    head = "TITLE: x\n001  AX       V     C        00:00:00:00 00:00:00:01 00:59:59:00 00:59:59:00\n"
    made = import_into(SCORE, "", (head + lines).encode(), "x.edl")
    assert [left_out in remark.what for remark in made.remarks].count(True) == 1
    assert impossible(made.text) == Counter()


def test_a_hit_that_moves_past_another_takes_its_own_words_along() -> None:
    head = "TITLE: x\n001  AX       V     C        00:00:00:00 00:00:00:01 00:59:59:00 00:59:59:00\n"
    made = import_into(SCORE, "", (head + "* LOC: 01:01:10:00 RED     door\n").encode(), "x.edl")
    assert "@at 01:01:10:00 // my own word\n@hit door // loud\n" in made.text
    assert made.text.count("door") == 1


def test_a_note_goes_along_with_what_it_is_about() -> None:
    def data(seconds: int) -> bytes:
        return listed(
            "25", False, [(25 * (3600 + seconds), "bang", "note of it", 1), (25 * 3610, "a", "", 1)]
        )

    once = import_into(SCORE, "", data(5), "x.edl")
    moved = import_into(once.text, "", data(70), "x.edl")
    assert moved.text.count("// note of it") == 1
    assert "// note of it\n@at 01:01:10:00 // marker: bang\n@hit bang\n" in moved.text


def test_a_score_at_another_rate_gets_no_drop_frame_start() -> None:
    made = import_into("fps: 50\n---\n# A\nRain.\n", "", listed("59.94", True, [(999, "a", "", 1)]), "x.edl")
    assert impossible(made.text) == Counter()


@pytest.mark.parametrize(
    "name", ["Window", "x2", "X1", "x0-b", "a-b_c", "B", "C4", "at", "auto", "0.8", "门", "é"]
)
def test_a_hit_is_called_so_that_the_language_takes_it(name: str) -> None:
    made = import_into(SCORE, "", listed("25", False, [(90_000 + 125, name, "", 1)]), "x.edl")
    assert "@at 01:00:05:00 // marker: " in made.text
    assert impossible(made.text) == Counter()
