"""Timelines through OpenTimelineIO, and files made to hurt it."""

import importlib.util

import pytest

from dsl.importers.convert import import_bytes
from dsl.importers.story import TIMELINES
from tests.dsl.importers.picture.test_film_times import hits_of

needs_library = pytest.mark.skipif(
    importlib.util.find_spec("opentimelineio") is None, reason="the extra picture is not installed"
)


def timeline(rate: float = 23.976) -> str:
    import opentimelineio as otio

    def time(frames: int) -> "otio.opentime.RationalTime":
        return otio.opentime.RationalTime(frames, rate)

    def span(first: int, frames: int) -> "otio.opentime.TimeRange":
        return otio.opentime.TimeRange(time(first), time(frames))

    made = otio.schema.Timeline("Reel 1")
    made.global_start_time = time(3600 * round(rate))
    track = otio.schema.Track("V1", kind="Video")
    made.tracks.append(track)
    clip = otio.schema.Clip("A001", source_range=span(1000, 100))
    clip.markers.append(otio.schema.Marker("Door slam!", span(1010, 0)))
    late = otio.schema.Clip("A002", source_range=span(0, 200_000))
    late.markers.append(otio.schema.Marker("late", span(150_000, 1)))
    track.extend([clip, otio.schema.Gap(source_range=span(0, 50)), late])
    return str(otio.adapters.write_to_string(made, "otio_json"))


@needs_library
@pytest.mark.parametrize("rate", [23.976, 24.0, 25.0])
def test_clips_and_their_markers_are_where_the_timeline_has_them(rate: float) -> None:
    made = import_bytes(timeline(rate).encode(), "cut.otio")
    exact = 24000 / 1001 if rate == 23.976 else rate
    assert (made.problem, made.kind) == (None, "otio")
    assert f"fps: {rate:g}\nstart: 01:00:00:00\n" in made.text
    assert f"@at 01:00:0{150 // round(rate)}:{150 % round(rate):02} // cut: A002\n" in made.text
    found = hits_of(made.text)
    assert found["Door-slam"] == pytest.approx(10 / exact, abs=1e-3)
    assert found["late"] == pytest.approx(150_150 / exact, abs=1e-3)


@needs_library
def test_final_cut_timelines_come_in_through_their_adapters() -> None:
    import opentimelineio as otio

    otio_timeline = otio.adapters.read_from_string(timeline(25.0), "otio_json")
    xml = otio.adapters.write_to_string(otio_timeline, "fcp_xml")
    made = import_bytes(xml.encode(), "cut.xml")
    assert (made.problem, made.kind) == (None, "xmeml")
    assert "// cut: A001\n" in made.text
    assert hits_of(made.text)["Door-slam"] == pytest.approx(0.4, abs=0.02)


@needs_library
def test_dissolves_are_told_and_what_is_no_cut_is_counted() -> None:
    import opentimelineio as otio

    made = otio.adapters.read_from_string(timeline(24.0), "otio_json")
    video, sound = made.tracks[0], otio.schema.Track("A1", kind="Audio")
    six, twelve = otio.opentime.RationalTime(6, 24), otio.opentime.RationalTime(12, 24)
    video.insert(1, otio.schema.Transition("SMPTE_Dissolve", "SMPTE_Dissolve", six, twelve))
    video[0].effects.append(otio.schema.LinearTimeWarp("slow", time_scalar=0.5))
    sound.append(otio.schema.Clip("music", source_range=video[0].source_range))
    made.tracks.append(sound)
    video[1:2] = [video[1]]
    del video[2]  # the gap: the dissolve leads to the next shot
    imported = import_bytes(otio.adapters.write_to_string(made, "otio_json").encode(), "cut.otio")
    assert "// SMPTE_Dissolve over 18 frames\n@at 01:00:04:04 // cut: A002\n" in imported.text
    told = [remark.what for remark in imported.remarks]
    assert {"changes of speed (1)", "edits of sound alone (1)"} <= set(told)


@needs_library
@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"[" * 100_000, "x.otio", "within each other"),
        (b'{"OTIO_SCHEMA": "Timeline.1", "x": ' + b'{"y": [' * 3_000, "x.otio", "within each other"),
        (b"{", "x.otio", "cannot read it"),
        (b'{"OTIO_SCHEMA": "Nothing.1"}', "x.otio", "no timeline"),
        (b'<?xml version="1.0"?><fcpxml version="1.9"><resources>', "x.fcpxml", "line 1, column 55"),
        (b'<!DOCTYPE fcpxml [<!ENTITY a "ha">]><fcpxml>&a;</fcpxml>', "x.fcpxml", "entity"),
        (b"no AAF at all", "x.aaf", "cannot read it"),
        (bytes(range(256)) * 20, "x.aaf", "cannot read it"),
    ],
)
def test_a_broken_or_hostile_timeline_is_refused_with_a_reason(data: bytes, name: str, reason: str) -> None:
    made = import_bytes(data, name, "otio" if name.endswith("otio") else None)
    assert made.text == ""
    assert reason in (made.problem or "")


@pytest.mark.parametrize("kind", TIMELINES)
def test_without_the_library_it_is_said_how_to_get_it(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    made = import_bytes(b"<a/>", "x", kind)  # type: ignore[arg-type]
    assert "pip install 'melodrama[picture]'" in (made.problem or "")
