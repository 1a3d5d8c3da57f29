"""Marker lists, each in the form of the program that reads it, from one list of moments.

| file | program | form |
|---|---|---|
| `resolve.edl` | Resolve: Timelines › Import › Timeline Markers from EDL | `engine.render.edl` |
| `premiere.xml` | Premiere, by its own import: a sequence that holds the markers | Final Cut Pro 7 XML |
| `premiere.csv` | what Premiere exports, and panels that load markers read | tabs, UTF-16 |
| `avid.txt` | Media Composer: Markers window › Import Markers | tabs: user, time, track, colour, text |
| `protools.txt` | Pro Tools' session info as text, which marker importers for it read | tabs |
| `reaper.csv` | Reaper: Region/Marker Manager › Import | CSV, times on the score's own clock |

Without a frame rate only Reaper's can be written: it alone counts in seconds.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from xml.etree import ElementTree

from engine.render.edl import markers_edl
from engine.render.spotting_list import FilmFrames, Spot, SpotKind

AVID_COLOURS: dict[SpotKind, str] = {"cue": "green", "hit": "red", "line": "cyan"}
REAPER_COLOURS: dict[SpotKind, str] = {"cue": "2E8B57", "hit": "D03030", "line": "3090C0"}
_SAMPLES = 48_000
"""Pro Tools counts a marker's place in samples, too."""

_MOST_TIMES = 20
"""So many times a film's frame rate at most a sequence of Premiere's counts."""


def marker_files(title: str, spots: Sequence[Spot], film: FilmFrames | None) -> tuple[tuple[str, bytes], ...]:
    """(name, content) of every list that can be written."""
    reaper = ("reaper.csv", reaper_csv(spots))
    if film is None:
        return (reaper,)
    return (
        ("resolve.edl", markers_edl(title, spots, film)),
        ("premiere.xml", premiere_xml(title, spots, film)),
        ("premiere.csv", premiere_csv(spots, film)),
        ("avid.txt", avid_txt(spots, film)),
        ("protools.txt", protools_txt(title, spots, film)),
        reaper,
    )


def premiere_csv(spots: Sequence[Spot], film: FilmFrames) -> bytes:
    """Premiere's own table of markers: tabs between, UTF-16, drop-frame timecodes with semicolons alone."""
    rows = [("Marker Name", "Description", "In", "Out", "Duration", "Marker Type")]
    for spot in spots:
        first, after = film.span(spot)
        last = first if spot.kind == "hit" else after
        times = [_premiere_label(frame, film) for frame in (first, last, last - first)]
        rows.append((spot.name or spot.kind, spot.label, times[0], times[1], times[2], "Comment"))
    return "".join("\t".join(row) + "\r\n" for row in rows).encode("utf-16")


def _premiere_label(frame: int, film: FilmFrames) -> str:
    label = film.label(frame)
    return label.replace(":", ";") if film.drop else label


def premiere_xml(title: str, spots: Sequence[Spot], film: FilmFrames) -> bytes:
    """A sequence with the markers, as Final Cut Pro 7 wrote it and Premiere and Resolve import it; frames
    count from the sequence's start, the film's first frame. The form knows whole rates and those of NTSC; of
    another rate, say 12.5, the sequence has a multiple."""
    times = next((count for count in range(1, _MOST_TIMES + 1) if _is_sayable(film.fps * count)), 1)
    if times > 1:
        film = replace(film, fps=film.fps * times, drop=False)
    start = film.frame(0.0)
    frames = [film.span(spot) for spot in spots]
    top = ElementTree.Element("xmeml", version="4")
    sequence = ElementTree.SubElement(top, "sequence")
    _leaf(sequence, "name", title or "Melodrama")
    _leaf(sequence, "duration", str(max([after - start for _, after in frames], default=0)))
    _rate(sequence, film)
    timecode = ElementTree.SubElement(sequence, "timecode")
    _rate(timecode, film)
    _leaf(timecode, "string", film.label(start))
    _leaf(timecode, "frame", str(start))
    _leaf(timecode, "displayformat", "DF" if film.drop else "NDF")
    for kind in ("video", "audio"):
        media = sequence.find("media")
        media = ElementTree.SubElement(sequence, "media") if media is None else media
        ElementTree.SubElement(ElementTree.SubElement(media, kind), "track")
    for spot, (first, after) in zip(spots, frames, strict=True):
        marker = ElementTree.SubElement(sequence, "marker")
        _leaf(marker, "name", spot.name or spot.kind)
        _leaf(marker, "comment", spot.label)
        _leaf(marker, "in", str(first - start))
        _leaf(marker, "out", "-1" if spot.kind == "hit" else str(after - start))
    ElementTree.indent(top)
    text = ElementTree.tostring(top, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n{text}\n'.encode()


def _leaf(parent: ElementTree.Element, name: str, text: str) -> None:
    # What XML cannot hold at all is left out: control characters.
    ElementTree.SubElement(parent, name).text = "".join(sign for sign in text if sign.isprintable())


def _is_sayable(fps: float) -> bool:
    nominal = round(fps)
    return nominal > 0 and any(abs(fps - nominal / ntsc) < 1e-3 for ntsc in (1.0, 1.001))


def _rate(parent: ElementTree.Element, film: FilmFrames) -> None:
    rate = ElementTree.SubElement(parent, "rate")
    nominal = round(film.fps)
    _leaf(rate, "timebase", str(nominal))
    _leaf(rate, "ntsc", "FALSE" if abs(film.fps - nominal) < 1e-3 else "TRUE")


def avid_txt(spots: Sequence[Spot], film: FilmFrames) -> bytes:
    """Media Composer's marker list, a line a marker; its length is in frames."""
    return _lines(
        "\t".join(
            (
                "Melodrama",
                film.label(film.frame(spot.start_s)),
                "V1",
                AVID_COLOURS[spot.kind],
                spot.label,
                str(film.span(spot)[1] - film.span(spot)[0]),
            )
        )
        for spot in spots
    )


def protools_txt(title: str, spots: Sequence[Spot], film: FilmFrames) -> bytes:
    """Pro Tools' "session info as text" with nothing but markers; samples count from the session's start."""
    kind = " Drop" if film.drop else ""
    rate = f"{film.fps:.3f}".rstrip("0").rstrip(".")
    head = [
        f"SESSION NAME:\t{' '.join(title.split()) or 'Melodrama'}",
        f"SAMPLE RATE:\t{_SAMPLES}.000000",
        "BIT DEPTH:\t24-bit",
        f"SESSION START TIMECODE:\t{film.label(film.frame(0.0))}",
        f"TIMECODE FORMAT:\t{rate}{kind} Frame",
        "# OF AUDIO TRACKS:\t0",
        "# OF AUDIO CLIPS:\t0",
        "# OF AUDIO FILES:\t0",
        "",
        "",
        "M A R K E R S  L I S T I N G",
        "#   \tLOCATION     \tTIME REFERENCE    \tUNITS    \tNAME                             \tCOMMENTS",
    ]
    rows = (
        f"{number:<4}\t{film.label(film.frame(spot.start_s)):<13}\t{round(spot.start_s * _SAMPLES):<18}\t"
        f"Samples  \t{spot.name or spot.kind:<33}\t{spot.label}"
        for number, spot in enumerate(spots, 1)
    )
    return _lines((*head, *rows))


def reaper_csv(spots: Sequence[Spot]) -> bytes:
    """Reaper's table: cues and lines as regions (R), hits as markers (M)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("#", "Name", "Start", "End", "Length", "Color"))
    counts = {"M": 0, "R": 0}
    for spot in spots:
        sign = "M" if spot.kind == "hit" else "R"
        counts[sign] += 1
        spans = ("", "")
        if sign == "R":
            spans = (_clock(spot.end_s), _clock(spot.end_s - spot.start_s))
        row = (f"{sign}{counts[sign]}", spot.label, _clock(spot.start_s), *spans, REAPER_COLOURS[spot.kind])
        writer.writerow(row)
    return buffer.getvalue().encode()


def _clock(t_s: float) -> str:
    """`0:01:12.500`."""
    seconds, rest = divmod(round(t_s * 1000), 1000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
