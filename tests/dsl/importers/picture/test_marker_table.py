"""Marker lists in the form in which each program exports them."""

import pytest

from dsl.importers.convert import import_bytes
from dsl.importers.picture.take_in import ListOptions
from tests.dsl.importers.picture.test_film_times import hits_of
from tests.dsl.importers.test_any_text import errors

PREMIERE = (
    "Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\r\n"
    "Door\t\t00:00:08:22\t00:00:08:22\t00:00:00:00\tComment\r\n"
    "\tsecond one\t00:00:21:12\t00:00:24:00\t00:00:02:13\tChapter\r\n"
)
PREMIERE_DROP = PREMIERE.replace("00:00:08:22", "01;00;08;22").replace("00:00:21:12", "01;00;21;12")
AVID = "Isabel Y\t01:00:08:22\tV1\tred\tDoor\t1\nIsabel Y\t01:00:21:12\tTC1\tgreen\tsecond one\t1\n"
RESOLVE = (
    '#,"Reel","V","C","Dur","Source In","Source Out","Record In","Record Out","Name","Comments",Color\n'
    '1,"A001","V1","C","00:00:10:00","00:00:00:00","00:00:10:00","01:00:00:00","01:00:10:00","A001.mov","",\n'
    '2,"A002","V1","C","00:00:10:00","00:00:00:00","00:00:10:00","01:00:10:00","01:00:20:00","A002, b","x",\n'
)
PRO_TOOLS = (
    "SESSION NAME:\tReel 1\nSAMPLE RATE:\t48000.000000\nBIT DEPTH:\t24-bit\n"
    "SESSION START TIMECODE:\t01:00:00:00\nTIMECODE FORMAT:\t25 Frame\n# OF AUDIO TRACKS:\t0\n\n\n"
    "M A R K E R S  L I S T I N G\n"
    "#   \tLOCATION     \tTIME REFERENCE    \tUNITS    \tNAME                             \tCOMMENTS\n"
    "1   \t01:00:08:22  \t426240            \tSamples  \tDoor                             \t\n"
    "2   \t01:00:21:12  \t1031040           \tSamples  \tsecond one                       \tsoft\n"
)
REAPER = (
    "#,Name,Start,End,Length,Color\nM1,Door,0:08.880,,,\n"
    "R1,second one,0:00:21.480,0:00:24.000,0:00:02.520,D03030\n"
)
AUDACITY = "8.880000\t8.880000\tDoor\n21.480000\t24.000000\tsecond one\n"
SEMICOLONS = "Name;Timecode;Notiz\nDoor;00:00:08:22;\nsecond one;00:00:21:12;leise\n"
CHINESE = "名称,时间码,备注\nDoor,00:00:08:22,\nsecond one,00:00:21:12,轻\n"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (PREMIERE.encode("utf-16"), "markers.csv"),
        (PREMIERE.encode(), "markers.tsv"),
        (AVID.encode(), "markers.txt"),
        (PRO_TOOLS.encode(), "Reel 1.txt"),
        (REAPER.encode(), "markers.csv"),
        (AUDACITY.encode(), "labels.txt"),
        (SEMICOLONS.encode("cp1252"), "markers.csv"),
        (CHINESE.encode("gb18030"), "markers.csv"),
        (CHINESE.encode("utf-8-sig"), "markers.csv"),
    ],
)
def test_every_programs_markers_become_hits_of_their_names_at_their_times(data: bytes, name: str) -> None:
    made = import_bytes(data, name, options=ListOptions(fps=25.0))
    assert (made.problem, made.kind) == (None, "markers")
    assert hits_of(made.text) == {"Door": pytest.approx(8.88), "second-one": pytest.approx(21.48)}
    assert errors(made.text) == []


def test_premieres_semicolons_are_drop_frame() -> None:
    made = import_bytes(PREMIERE_DROP.encode("utf-16"), "m.csv").text
    assert "fps: 29.97\nstart: 01:00:00;00\n" in made
    assert "@at 01:00:08;22 // marker: Door\n" in made


def test_resolves_edit_index_is_a_list_of_cuts() -> None:
    made = import_bytes(RESOLVE.encode(), "index.csv").text
    assert "@at 01:00:00:00 // cut: A001.mov\n// x\n@at 01:00:10:00 // cut: A002, b\n" in made


def test_pro_tools_says_its_rate_its_start_and_times_between_frames() -> None:
    text = PRO_TOOLS.replace("25 Frame", "23.976 Frame").replace(
        "01:00:08:22  \t426240 ", "01:00:08:22.50\t428500 "
    )
    made = import_bytes(text.encode(), "x.txt").text
    assert "fps: 23.976\nstart: 01:00:00:00\n" in made
    # Samples count on the clock, labels count 24 a second where 23.976 pass.
    assert hits_of(made)["Door"] == pytest.approx(428500 / 48000, abs=0.5 / 23.976)
    assert hits_of(made)["second-one"] == pytest.approx((21 * 24 + 12) * 1001 / 24000)


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("144.2.00", "bars and beats"),
        ("12+08", "feet and frames"),
        ("01:00:75:00", "more than 59"),
        ("soon", "cannot be read"),
        ("", "rows without a time"),
        ("01:00:08:29", "do not have"),
    ],
)
def test_times_that_a_table_cannot_mean_are_told_with_line_and_column(cell: str, what: str) -> None:
    text = f"#,Name,Start\nM1,Door,00:00:04:00\nM2,other,{cell}\n"
    made = import_bytes(text.encode(), "x.csv", options=ListOptions(fps=25.0))
    told = [(one.line, one.column) for one in made.remarks if what in one.what]
    assert told == [(3, 10 if cell else 9)]
    assert list(hits_of(made.text)) == ["Door"]


def test_cells_with_line_breaks_keep_their_rows_and_the_lines_are_counted() -> None:
    text = 'Name,Start,Notes\n"Door\nslam",00:00:04:00,"a\nb"\nx,00:99:00:00,\n'
    made = import_bytes(text.encode(), "x.csv")
    assert list(hits_of(made.text)) == ["Door-slam"]
    assert [remark.line for remark in made.remarks if "59" in remark.what] == [5]


@pytest.mark.parametrize(
    "data",
    [b"", b"a,b\n1,2\n", b"Name,Start\n", b"Name,Start\nx,1.1.00\n", b"M A R K E R S  L I S T I N G\n"],
)
def test_a_table_without_times_is_refused_with_a_reason(data: bytes) -> None:
    assert import_bytes(data, "x.csv").problem
    assert import_bytes(data, "x.csv").text == ""
