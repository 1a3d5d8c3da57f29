"""A score as MusicXML 4.0 (partwise), for notation programs and for players: what is written, not the
performance.

What is written is decided in `engine.render.notation` (parts, staves, note values, spelling, words, page);
here it becomes XML, bar by bar.
"""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from dsl.plan import Key
from engine.music.keys import signature
from engine.music.score import Score
from engine.render.musicxml_elements import text_child
from engine.render.musicxml_part import PartWriter
from engine.render.musicxml_sheet import Sheet
from engine.render.notation import directions
from engine.render.notation.bars import Ruler, measures_of
from engine.render.notation.page import POINT_MM, Page, fitted, lay_page
from engine.render.notation.parts import WrittenPart, families, parts_of
from engine.render.notation.percussion import drum_sound

_C_MAJOR = Key(0, "major", "C")
_TITLE_POINTS, _AUTHOR_POINTS = (20, 18, 16, 14, 12), (11, 10, 9)


def musicxml_bytes(score: Score) -> bytes:
    """The score as UTF-8 MusicXML; a score without tracks has one empty part."""
    ruler = Ruler(score)
    measures = measures_of(score, ruler)
    parts = parts_of(score, ruler, measures)
    keys = tuple((ruler.tick(change.beat), change.key) for change in score.keys) or ((0, _C_MAJOR),)
    page = lay_page(
        parts,
        measures,
        directions.script_lines(score, ruler),
        [(tick, signature(key)) for tick, key in keys],
        [ruler.tick(cue.start_beat) for cue in score.cues],
    )
    chords = tuple(
        (ruler.tick(c.beat), ruler.tick(c.end_beat), (c.root, c.quality))
        for c in score.harmony
        if c.quality != "none"
    )
    sheet = Sheet(score, ruler, measures, page, keys, chords)
    root = ET.Element("score-partwise", version="4.0")
    _head(root, sheet, parts)
    for number, part in enumerate(parts, start=1):
        PartWriter(sheet, part, number).write(ET.SubElement(root, "part", id=f"P{number}"))
    ET.indent(root)
    doctype = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
        '"http://www.musicxml.org/dtds/partwise.dtd">\n'
    )
    body: str = ET.tostring(root, encoding="unicode")
    return (doctype + body + "\n").encode()


def _head(root: ET.Element, sheet: Sheet, parts: Sequence[WrittenPart]) -> None:
    """Title, page and the list of parts with their brackets and instruments."""
    score, page = sheet.score, sheet.page
    text_child(ET.SubElement(root, "work"), "work-title", score.title)
    identification = ET.SubElement(root, "identification")
    if score.author:
        text_child(identification, "creator", score.author, type="composer")
    encoding = ET.SubElement(identification, "encoding")
    text_child(encoding, "software", "Melodrama")
    for element in ("accidental", "beam"):
        ET.SubElement(encoding, "supports", type="yes", element=element)
    ET.SubElement(encoding, "supports", type="yes", element="print", attribute="new-system", value="yes")
    defaults = ET.SubElement(root, "defaults")
    scaling = ET.SubElement(defaults, "scaling")
    text_child(scaling, "millimeters", f"{page.space_mm * 4:.4f}")
    text_child(scaling, "tenths", "40")
    layout = ET.SubElement(defaults, "page-layout")
    text_child(layout, "page-height", f"{page.tenths(page.height_mm):.0f}")
    text_child(layout, "page-width", f"{page.tenths(page.width_mm):.0f}")
    margins = ET.SubElement(layout, "page-margins", type="both")
    for side in ("left", "right", "top", "bottom"):
        text_child(margins, f"{side}-margin", f"{page.tenths(page.margin_mm):.0f}")
    ET.SubElement(
        defaults, "word-font", {"font-family": "FreeSerif", "font-size": f"{directions.TEXT_POINTS:g}"}
    )
    across = page.width_mm - 2 * page.margin_mm
    lines, points = fitted(score.title, across, _TITLE_POINTS, 2)
    _credit(root, page, "title", lines, "center", page.width_mm / 2, 0.0, points)
    if score.author:
        down = max(11.0, (len(lines) * points * 1.3 + 3) * POINT_MM)
        lines, points = fitted(score.author, across / 2, _AUTHOR_POINTS, 2)
        _credit(root, page, "composer", lines, "right", page.width_mm - page.margin_mm, down, points)
    part_list = ET.SubElement(root, "part-list")
    brackets = families(parts)
    for number, part in enumerate(parts):
        for group, (first, _) in enumerate(brackets, start=1):
            if first == number:
                opening = ET.SubElement(part_list, "part-group", type="start", number=str(group))
                text_child(opening, "group-symbol", "bracket")
                text_child(opening, "group-barline", "yes")
        _score_part(part_list, part, number + 1)
        for group, (_, last) in enumerate(brackets, start=1):
            if last == number:
                ET.SubElement(part_list, "part-group", type="stop", number=str(group))


def _credit(
    root: ET.Element,
    page: Page,
    kind: str,
    lines: Sequence[str],
    justify: str,
    x_mm: float,
    down_mm: float,
    points: int,
) -> None:
    if not lines:
        return
    credit = ET.SubElement(root, "credit", page="1")
    text_child(credit, "credit-type", kind)
    y_mm = page.height_mm - page.margin_mm - down_mm
    text_child(
        credit,
        "credit-words",
        "\n".join(lines),
        **{
            "default-x": f"{page.tenths(x_mm):.0f}",
            "default-y": f"{page.tenths(y_mm):.0f}",
            "justify": justify,
            "valign": "top",
            "font-size": str(points),
        },
    )


def _score_part(part_list: ET.Element, part: WrittenPart, number: int) -> None:
    element = ET.SubElement(part_list, "score-part", id=f"P{number}")
    text_child(element, "part-name", part.name)
    text_child(element, "part-abbreviation", part.short)
    program = part.tracks[0].program + 1 if part.tracks else 1
    kit = bool(part.tracks) and part.tracks[0].is_drum
    if not part.drum_keys:
        text_child(
            ET.SubElement(element, "score-instrument", id=f"P{number}-I1"), "instrument-name", part.name
        )
        _midi(element, f"P{number}-I1", _channel(number), program)
        return
    names = {key: drum_sound(key).name if kit else part.name for key in part.drum_keys}
    for key in part.drum_keys:
        text_child(
            ET.SubElement(element, "score-instrument", id=f"P{number}-I{key}"), "instrument-name", names[key]
        )
    for key in part.drum_keys:
        _midi(element, f"P{number}-I{key}", 10 if kit else _channel(number), program, key + 1)


def _midi(element: ET.Element, name: str, channel: int, program: int, unpitched: int | None = None) -> None:
    midi = ET.SubElement(element, "midi-instrument", id=name)
    text_child(midi, "midi-channel", str(channel))
    text_child(midi, "midi-program", str(program))
    if unpitched is not None:
        text_child(midi, "midi-unpitched", str(unpitched))


def _channel(number: int) -> int:
    """MIDI channel 1–16 without 10, which is the drums'."""
    channels: list[int] = [*range(1, 10), *range(11, 17)]
    return channels[(number - 1) % len(channels)]
