"""Edit decision lists as programs write them, and as they come when something went wrong on the way."""

import io
import time

import pycmx
import pytest

from dsl.importers.convert import import_bytes
from dsl.importers.picture.edl import read_edl
from dsl.importers.picture.film_list import FilmEvent
from dsl.values import Timecode
from tests.dsl.importers.picture.lists import shots
from tests.dsl.importers.test_any_text import errors

HEAD = "TITLE: Reel 1\nFCM: NON-DROP FRAME\n\n"
RESOLVE = (
    "TITLE: Timeline 1\nFCM: NON-DROP FRAME\n\n"
    "001  001      V     C        01:00:18:06 01:00:18:07 01:00:18:06 01:00:18:07  \n"
    " |C:ResolveColorYellow |M:Door |D:1\n\n"
    "002  001      V     C        01:00:20:20 01:00:22:20 01:00:20:20 01:00:22:20  \n"
    "son en avance |C:ResolveColorGreen |M:1m2 Home |D:50\n"
)


def times(text: str) -> list[tuple[str, str, str]]:
    """Kind, name and time of each event."""
    return [(event.kind, event.name, written(event)) for event in read_edl(text).events]


def written(event: FilmEvent) -> str:
    assert isinstance(event.time, Timecode)
    whole = int(event.time.whole_s)
    mark = ";" if event.time.drop else ":"
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{mark}{event.time.frames:02}"


def edit(times: str, reel: str = "AX", channel: str = "V", effect: str = "C   ", number: str = "001") -> str:
    return f"{number}  {reel}  {channel}  {effect}  00:00:00:00 00:00:04:00 {times}\n"


def test_cuts_are_named_by_their_clips_and_locators_by_their_words() -> None:
    text = (
        HEAD
        + edit("01:00:00:00 01:00:04:12")
        + "* FROM CLIP NAME: A001C003\n* LOC: 01:00:02:10 RED     Door slam!\n"
        + edit("01:00:04:12 01:00:09:00", number="002", reel="BL")
        + edit("01:00:09:00 01:00:20:00", number="003", reel="long reel name with spaces")
        + "* loc: 01:00:10:00 Red sky\nLOC: 01:00:11:00 晚上\n"
    )
    assert times(text) == [
        ("cut", "A001C003", "01:00:00:00"),
        ("marker", "Door slam!", "01:00:02:10"),
        ("cut", "black", "01:00:04:12"),
        ("cut", "long reel name with spaces", "01:00:09:00"),
        ("marker", "sky", "01:00:10:00"),
        ("marker", "晚上", "01:00:11:00"),
    ]


def test_resolves_markers_are_markers_and_no_cuts() -> None:
    found = read_edl(RESOLVE).events
    assert [(one.kind, one.name) for one in found] == [("marker", "Door"), ("marker", "1m2 Home")]
    assert [(one.length, one.note) for one in found] == [(0, ""), (50, "son en avance")]
    made = import_bytes(RESOLVE.encode(), "x.edl").text
    assert "# 1m2 Home\n// son en avance\n@at 01:00:20:20 // marker: 1m2 Home\n@out 01:00:22:22" in made


def test_a_dissolve_begins_where_its_record_time_says_and_is_named_by_what_comes() -> None:
    text = (
        HEAD
        + edit("01:00:00:00 01:00:04:00")
        + edit("01:00:04:00 01:00:04:00", number="002")
        + edit("01:00:04:00 01:00:09:00", number="002", reel="AX", effect="D    024")
        + "* FROM CLIP NAME: A\n* TO CLIP NAME: B\n"
    )
    assert times(text)[1:] == [("cut", "B", "01:00:04:00")]


def test_drop_frame_is_what_the_list_says_or_its_semicolons() -> None:
    said = "TITLE: x\nFCM: DROP FRAME\n" + edit("01:00:00:00 01:01:00:02")
    shown = "TITLE: x\n" + edit("01:00:00;00 01:01:00;02")
    assert times(said) == times(shown) == [("cut", "AX", "01:00:00;00")]


@pytest.mark.parametrize(
    ("line", "what", "column"),
    [
        (edit("01:00:75:00 01:00:09:00"), "more than 59 minutes or seconds", 43),
        (edit("25:00:00:00 25:00:09:00"), "beyond 24 hours", 43),
        ("001  AX  V  C  00:00:00:00 00:00:04:00\n", "without record times", 28),
        ("001  AX  V  C  00:00:00:00 00:00:04:00 01:00:00:00 01:0x:00:00\n", "no edit", 52),
        ("001  AX  Q  C  00:00:00:00 00:00:04:00 01:00:00:00 01:00:01:00\n", "channel or effect", 1),
        ("* LOC: 01:99:00:00 RED x\n", "more than 59", 8),
        ("001  V  C  00:00:00:00 00:00:04:00 01:00:02:00 01:00:03:00\n", "without a reel", 1),
        (edit("01:00:09:00 01:00:01:00"), "end before they begin", 0),
    ],
)
def test_what_cannot_be_read_is_told_with_line_and_column(line: str, what: str, column: int) -> None:
    listed = read_edl(HEAD + line + edit("01:00:09:00 01:00:20:00", number="002"))
    found = [one for one in listed.remarks if what in one.what]
    assert [(one.line, one.column) for one in found] == [(4, column)]
    assert listed.problem is None


def test_overlapping_edits_and_times_out_of_order_are_told_and_sorted() -> None:
    text = (
        HEAD
        + edit("01:00:00:00 01:00:06:00")
        + edit("01:00:04:00 01:00:09:00", number="002")
        + edit("01:00:02:00 01:00:03:00", number="003")
    )
    told = {remark.what: remark.line for remark in read_edl(text).remarks}
    assert told == {"edits that begin before the one above ends": 5, "edits out of order": 6}
    imported = import_bytes(text.encode(), "x.edl")
    places = [imported.text.find(f"@at 01:00:0{second}:00") for second in (0, 2, 4)]
    assert -1 not in places
    assert places == sorted(places)


def test_sound_alone_is_told_and_counts_only_where_there_is_no_picture() -> None:
    sound = edit("01:00:01:00 01:00:09:00", channel="AA", number="002")
    both = read_edl(HEAD + edit("01:00:00:00 01:00:09:00") + sound)
    assert [event.line for event in both.events] == [4]
    assert any("sound alone" in remark.what for remark in both.remarks)
    assert [event.line for event in read_edl(HEAD + sound).events] == [4]


def test_another_reader_of_lists_finds_the_same_cuts() -> None:
    text = shots([(f"01:{n // 60:02}:{n % 60:02}:{n % 25:02}", f"A{n:03}") for n in range(0, 600, 7)])
    theirs = [
        (edit.clip_name, edit.record_in)
        for event in pycmx.parse_cmx3600(io.StringIO(text)).events
        for edit in event.edits
    ]
    assert [(name, time) for _, name, time in times(text)] == theirs


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"TITLE: x\nFCM: NON-DROP FRAME\n",
        b"Rain on the glass.\n",
        HEAD.encode() + b"001  AX  V  C\n",
    ],
)
def test_a_list_without_an_edit_is_refused_with_a_reason(data: bytes) -> None:
    imported = import_bytes(data, "x.edl")
    assert imported.text == ""
    assert "no edit" in (imported.problem or "")


def test_a_binary_file_is_refused() -> None:
    imported = import_bytes(bytes(range(256)) * 40, "x.edl")
    assert "not a text file" in (imported.problem or "")


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "gb18030", "cp1252"])
def test_names_survive_any_encoding(codec: str) -> None:
    name = "Café noir" if codec == "cp1252" else "雨下了一整夜"
    imported = import_bytes(shots([("01:00:00:00", name), ("01:00:05:00", "B")]).encode(codec), "x.edl")
    assert f"// cut: {name}" in imported.text


def test_a_hundred_thousand_edits_take_seconds_and_what_does_not_fit_is_told() -> None:
    def clock(frame: int) -> str:
        return f"{frame // 90_000:02}:{frame // 1500 % 60:02}:{frame // 25 % 60:02}:{frame % 25:02}"

    text = "".join(
        f"{n % 1000:06}  A{n:06}  V  C  00:00:00:00 00:00:01:00 {clock(n * 15)} {clock(n * 15 + 15)}\n"
        f"* FROM CLIP NAME: A{n:06}\n"
        for n in range(100_000)
    )
    begun = time.process_time()
    imported = import_bytes(text.encode(), "x.edl")
    assert time.process_time() - begun < 30
    assert imported.problem is None
    assert errors(imported.text) == []
    assert imported.taken is not None
    left = sum(change.how == "left out" for change in imported.taken.changes)
    assert left + imported.text.count("@at ") == 100_000
    assert any("beyond what one score can hold" in remark.what for remark in imported.remarks)
