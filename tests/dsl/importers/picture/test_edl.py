"""Edit decision lists as programs write them, and as they come when something went wrong on the way."""

import io
import time

import pycmx
import pytest

from dsl.importers.convert import import_bytes, import_into
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


EFFECTS = """TITLE: EFFECTS
FCM: NON-DROP FRAME

001  TAPE1    V     C        01:00:00:00 01:00:04:00 01:00:00:00 01:00:04:00
* FROM CLIP NAME: OPEN
002  TAPE1    V     C        01:00:04:00 01:00:04:00 01:00:04:00 01:00:04:00
002  TAPE2    V     D    024 02:00:00:00 02:00:05:00 01:00:04:00 01:00:09:00
* FROM CLIP NAME: OPEN
* TO CLIP NAME: STREET
003  TAPE2    V     C        02:00:05:00 02:00:05:00 01:00:09:00 01:00:09:00
003  TAPE3    V     W001 012 03:00:00:00 03:00:03:00 01:00:09:00 01:00:12:00
* FROM CLIP NAME: STREET
* TO CLIP NAME: DOOR
M2   TAPE3          048.0                03:00:00:00
004  TAPE3    V     C        03:00:03:00 03:00:03:00 01:00:12:00 01:00:12:00
004  BL       V     D    030 00:00:00:00 00:00:02:00 01:00:12:00 01:00:14:00
* FROM CLIP NAME: DOOR
005  BL       V     C        00:00:00:00 00:00:00:00 01:00:14:00 01:00:14:00
005  TAPE4    V     D    030 04:00:00:00 04:00:06:00 01:00:14:00 01:00:20:00
* TO CLIP NAME: DAWN
"""
KEYS = """006  TAPE4    V     K B      04:00:06:00 04:00:08:00 01:00:20:00 01:00:22:00
006  TITLE    V     K    000 00:00:00:00 00:00:02:00 01:00:20:00 01:00:22:00
007  TITLE    V     K O  012 00:00:00:00 00:00:02:00 01:00:22:00 01:00:24:00
* KEY CLIP NAME: CARD
"""


def test_dissolves_wipes_fades_and_keys_are_moments_that_say_what_they_are() -> None:
    found = [(event.name, written(event), event.note) for event in read_edl(EFFECTS + KEYS).events]
    assert found == [
        ("OPEN", "01:00:00:00", ""),
        ("STREET", "01:00:04:00", "dissolve over 24 frames"),
        ("DOOR", "01:00:09:00", "wipe 001 over 12 frames"),
        ("black", "01:00:12:00", "fade out over 30 frames"),
        ("DAWN", "01:00:14:00", "fade in over 30 frames"),
        ("TAPE4", "01:00:20:00", "background of a key"),
        ("TITLE", "01:00:20:00", "key"),
        ("CARD", "01:00:22:00", "end of a key over 12 frames"),
    ]
    made = import_bytes((EFFECTS + KEYS).encode(), "x.edl")
    assert "// dissolve over 24 frames\n@at 01:00:04:00 // cut: STREET\n" in made.text
    assert not any("begin before" in remark.what for remark in made.remarks)


def test_two_other_readers_find_effects_at_the_same_times() -> None:
    otio = pytest.importorskip("opentimelineio")
    pytest.importorskip("otio_cmx3600_adapter")
    ours = [(one.name if one.name != "black" else None, written(one)) for one in read_edl(EFFECTS).events]
    theirs = [
        (edit.clip_name, edit.record_in)
        for event in pycmx.parse_cmx3600(io.StringIO(EFFECTS)).events
        for edit in event.edits
        if edit.record_in != edit.record_out
    ]
    assert ours == theirs
    (track,) = otio.adapters.read_from_string(EFFECTS, "cmx_3600", rate=24).video_tracks()
    places, at = [], 24 * 3600
    for item in track:
        if not isinstance(item, otio.schema.Transition):
            places.append(otio.opentime.RationalTime(at, 24).to_timecode())
            at += int(item.duration().value)
    assert [time for _, time in ours] == places


def test_what_a_list_says_beside_edits_and_markers_is_listed_with_its_lines() -> None:
    text = (
        EFFECTS
        + "SPLIT:    AUDIO DELAY=  00:00:01:00\n>>> SOURCE TAPE6 A001C002 ABCD\n"
        + "* COMMENT: graded\n* SOURCE FILE: A001.MXF\n* to be replaced\n"
        + "* LOC: 01:00:15:12 RED     WHISTLE\n"
    )
    last = EFFECTS.count("\n")
    told: dict[str, list[int]] = {}
    for remark in read_edl(text).remarks:
        told.setdefault(remark.what, []).append(remark.line)
    assert told == {
        "changes of speed (M2)": [14],
        "lines that are neither edits nor comments": [last + 1, last + 2],
        "comments of the kind COMMENT": [last + 3],
        "comments of the kind SOURCE FILE": [last + 4],
        "other comments": [last + 5],
        "colours of markers": [last + 6],
    }


def test_a_list_of_many_kinds_of_comments_is_not_told_at_length() -> None:
    text = EFFECTS + "".join(f"* {chr(65 + n // 26)}{chr(65 + n % 26)}KIND: x\n" for n in range(500))
    assert len({remark.what for remark in read_edl(text).remarks}) < 12


def test_drop_frame_is_what_the_list_says_or_its_semicolons() -> None:
    said = "TITLE: x\nFCM: DROP FRAME\n" + edit("01:00:00:00 01:01:00:02")
    shown = "TITLE: x\n" + edit("01:00:00;00 01:01:00;02")
    assert times(said) == times(shown) == [("cut", "AX", "01:00:00;00")]


def test_what_fcm_says_later_is_of_sources_and_is_told() -> None:
    text = (
        "TITLE: x\nFCM: DROP FRAME\n"
        + edit("01:00:00:00 01:01:00:02")
        + "FCM: NON-DROP FRAME\n"
        + edit("01:01:00:02 01:02:00:02", number="002", reel="B")
    )
    assert times(text) == [("cut", "AX", "01:00:00;00"), ("cut", "B", "01:01:00;02")]
    (told,) = read_edl(text).remarks
    assert (told.line, told.became) == (4, "the first one holds")


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


def test_the_end_of_the_last_shot_moves_with_the_list() -> None:
    first = import_bytes(shots([("01:00:00:00", "A"), ("01:00:05:00", "B")]).encode(), "x.edl")
    assert "@out 01:00:15:00 // cut: end\n" in first.text
    assert first.taken is not None
    assert [one.how for one in first.taken.changes] == ["new"] * 3
    longer = shots([("01:00:00:00", "A"), ("01:00:08:00", "B")]).encode()
    again = import_into(first.text, "", longer, "x.edl")
    assert "@out 01:00:18:00 // cut: end\n" in again.text
    assert again.taken is not None
    assert sorted(one.how for one in again.taken.changes) == ["moved", "moved", "same"]


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
