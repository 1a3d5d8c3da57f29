"""Timelines that OpenTimelineIO reads (its own `.otio`, and through its adapters FCPXML, Final Cut 7 and
Premiere XML, AAF) → `FilmList`. The library is an extra; what a file could harm it by is looked for first.
"""

import importlib.util
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from dsl.importers.picture.film_list import FilmEvent, FilmList
from dsl.importers.story import Kind, Remark
from dsl.values import Columns, Timecode

_ADAPTERS: dict[Kind, tuple[str, str, str]] = {
    "otio": ("otio_json", "opentimelineio", ".otio"),
    "fcpxml": ("fcpx_xml", "otio_fcpx_xml_adapter", ".fcpxml"),
    "xmeml": ("fcp_xml", "otio_fcp_adapter", ".xml"),
    "aaf": ("AAF", "otio_aaf_adapter", ".aaf"),
}
"""Adapter, the module that it is in, and the suffix that it expects."""
_DEEPEST = 200
"""Brackets or elements within each other: the JSON reader runs out of stack at some thousands, and dies."""
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.S)


def read_timeline(data: bytes, text: str, kind: Kind) -> FilmList:
    """The cuts and markers of a timeline. `text` is what `data` says, "" for AAF. Never raises: what the
    library cannot read is the list's `problem`."""
    adapter, module, suffix = _ADAPTERS[kind]
    if importlib.util.find_spec("opentimelineio") is None or importlib.util.find_spec(module) is None:
        return FilmList(kind, problem="this needs OpenTimelineIO: pip install 'melodrama[picture]'")
    problem = None if kind == "aaf" else _too_deep(text) if kind == "otio" else _xml_problem(text)
    if problem is not None:
        return FilmList(kind, problem=problem)
    # Deferred: the library takes a tenth of a second to load.
    import opentimelineio as otio

    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"timeline{suffix}"
            path.write_bytes(data if kind == "aaf" else text.encode("utf-8", "replace"))
            found = otio.adapters.read_from_file(str(path), adapter)
        return _listed(otio, found, kind)
    except Exception as error:  # whatever the library and its adapters trip over
        reason = " ".join(str(error).split())[:200]
        return FilmList(kind, problem=f"OpenTimelineIO cannot read it ({type(error).__name__}: {reason})")


def _too_deep(text: str) -> str | None:
    deep = 0
    for bracket in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        deep += 1 if bracket in "[{" else -1
        if deep > _DEEPEST:
            return f"more than {_DEEPEST} brackets stand within each other"
    return None


def _xml_problem(text: str) -> str | None:
    """What is wrong with an XML file, with line and column: broken, or out to grow beyond all memory."""
    parser = expat.ParserCreate("utf-8")
    depth = 0
    problem: str | None = None

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, problem
        depth += 1
        if depth > _DEEPEST and problem is None:
            place = f"line {parser.CurrentLineNumber}, column {parser.CurrentColumnNumber + 1}"
            problem = f"{place}: more than {_DEEPEST} elements stand within each other"

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1

    def entity(name: str, *_: object) -> None:
        nonlocal problem
        place = f"line {parser.CurrentLineNumber}, column {parser.CurrentColumnNumber + 1}"
        problem = problem or f"{place}: it declares an entity (&{name[:40]};); it is not read"

    parser.StartElementHandler, parser.EndElementHandler, parser.EntityDeclHandler = begin, end, entity
    try:
        parser.Parse(text.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as error:
        place = f"line {error.lineno}, column {error.offset + 1}"
        return problem or f"{place}: the file is broken here ({expat.ErrorString(error.code)})"
    return problem


def _listed(otio: Any, found: Any, kind: Kind) -> FilmList:
    timelines = [found] if isinstance(found, otio.schema.Timeline) else list(_timelines(otio, found))
    if not timelines:
        return FilmList(kind, problem="there is no timeline in it")
    timeline, remarks = timelines[0], []
    if len(timelines) > 1:
        remarks.append(Remark(0, f"timelines beyond the first ({timeline.name})", "left out"))
    tracks = list(timeline.video_tracks()) or list(timeline.tracks)
    rate = _rate_of(timeline, tracks)
    events = [*_markers(timeline.tracks, 0.0, 0.0)]
    for track in tracks:
        events += _markers(track, 0.0, 0.0)
        at_s, comes_by = 0.0, ""
        for item in track:
            if isinstance(item, otio.schema.Transition):
                frames = round(item.in_offset.value + item.out_offset.value)
                comes_by = f"{item.name or 'transition'} over {frames} frames"
                continue
            lasts_s = _seconds(item.duration())
            if not isinstance(item, otio.schema.Gap):
                events.append(FilmEvent("cut", item.name or "", at_s, 0, at_s + lasts_s, comes_by))
            events += _markers(item, at_s, _seconds(item.trimmed_range().start_time))
            at_s, comes_by = at_s + lasts_s, ""
    remarks += _left_out(otio, timeline, tracks)
    start = timeline.global_start_time
    return FilmList(
        kind,
        timeline.name or None,
        tuple(event for event in events if isinstance(event.time, Timecode) or event.time >= 0.0),
        rate,
        start=_label(round(_seconds(start) * rate), rate) if start is not None and rate else None,
        remarks=tuple(remarks),
        problem=None if events else "there is no cut and no marker in it",
    )


def _left_out(otio: Any, timeline: Any, tracks: list[Any]) -> Iterator[Remark]:
    """What a timeline says beside cuts and markers, counted: it has no lines."""
    items = [item for track in tracks for item in track if not isinstance(item, otio.schema.Transition)]
    warped = sum(any(isinstance(one, otio.schema.TimeEffect) for one in item.effects) for item in items)
    if warped:
        yield Remark(0, f"changes of speed ({warped:,})", "left out; the film's times stay the same")
    sounding = sum(
        isinstance(item, otio.schema.Clip)
        for track in timeline.audio_tracks()
        if track not in tracks
        for item in track
    )
    if sounding:
        yield Remark(0, f"edits of sound alone ({sounding:,})", "left out")


def _timelines(otio: Any, found: Any) -> Iterator[Any]:
    children = found if isinstance(found, otio.schema.SerializableCollection) else ()
    for child in children:
        if isinstance(child, otio.schema.Timeline):
            yield child
        elif isinstance(child, otio.schema.SerializableCollection):
            yield from _timelines(otio, child)


def _markers(item: Any, at_s: float, from_s: float) -> Iterator[FilmEvent]:
    """An item's markers, which count in its own time: it begins at `at_s` with its moment `from_s`."""
    for marker in item.markers:
        begins_s = at_s + _seconds(marker.marked_range.start_time) - from_s
        lasts_s = _seconds(marker.marked_range.duration)
        end = begins_s + lasts_s if marker.marked_range.duration.value > 1 else None
        # Of Final Cut 7's comments its adapter makes metadata.
        note = str(getattr(marker, "comment", "") or marker.metadata.get("fcp_xml", {}).get("comment") or "")
        yield FilmEvent("marker", marker.name or note, begins_s, 0, end, note if marker.name else "")


def _seconds(time: Any) -> float:
    return float(time.value) / _exact(float(time.rate))


def _exact(rate: float) -> float:
    """23.976 is 24000/1001: over two hours the difference is seven milliseconds."""
    exact = round(rate) * 1000 / 1001
    return exact if abs(rate - exact) < 0.01 else rate


def _rate_of(timeline: Any, tracks: list[Any]) -> float | None:
    times = [timeline.global_start_time] if timeline.global_start_time is not None else []
    times += [item.duration() for track in tracks for item in list(track)[:1] if hasattr(item, "duration")]
    rates = [_exact(float(time.rate)) for time in times if 1.0 <= time.rate <= 240.0]
    return rates[0] if rates else None


def _label(frame: int, fps: float) -> Timecode:
    """A frame counted non-drop, as OpenTimelineIO counts."""
    nominal = round(fps)
    return Timecode(float(frame // nominal % 86_400), frame % nominal, Columns(1, 1))
