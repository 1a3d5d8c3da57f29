"""MusicXML elements that stand by themselves: text, and the directions above and below a staff."""

from xml.etree import ElementTree as ET

from engine.render.notation.directions import MetronomeMark


def text_child(parent: ET.Element, tag: str, text: str, **attributes: str) -> ET.Element:
    """A new last child of `parent` with text, which is cleaned of what XML cannot hold."""
    element = ET.SubElement(parent, tag, attributes)
    element.text = clean(text)
    return element


def clean(text: str) -> str:
    """Without the control characters and lone surrogates that XML forbids."""
    return "".join(c for c in text if (c >= " " or c in "\t\n") and not 0xD800 <= ord(c) <= 0xDFFF)


def words_direction(kind: str, text: str, **style: str) -> ET.Element:
    """A `<direction>` above the staff with words of a kind ("words", "rehearsal")."""
    direction = ET.Element("direction", placement="above")
    text_child(ET.SubElement(direction, "direction-type"), kind, text, **style)
    return direction


def tempo_direction(mark: MetronomeMark) -> ET.Element:
    """A tempo as a metronome mark; one that only programs shall follow has no mark in print."""
    direction = ET.Element("direction", placement="above")
    if mark.beats_per_minute is None:
        # An unseen word, as a bare <sound> comes out as a printed metronome mark in some programs.
        text_child(ET.SubElement(direction, "direction-type"), "words", " ")
        ET.SubElement(direction, "sound", tempo=f"{mark.bpm:.4f}")
        return direction
    if mark.words:
        text_child(
            ET.SubElement(direction, "direction-type"), "words", f"{mark.words} ", **{"font-weight": "bold"}
        )
    metronome = ET.SubElement(ET.SubElement(direction, "direction-type"), "metronome", parentheses="no")
    text_child(metronome, "beat-unit", mark.beat_unit)
    if mark.dotted:
        ET.SubElement(metronome, "beat-unit-dot")
    text_child(metronome, "per-minute", str(mark.beats_per_minute))
    ET.SubElement(direction, "sound", tempo=f"{mark.bpm:.4f}")
    return direction


def level_direction(name: str) -> ET.Element:
    """A dynamic ("pp"), or the begin ("crescendo", "diminuendo") or "stop" of a hairpin, below the staff."""
    direction = ET.Element("direction", placement="below")
    kind = ET.SubElement(direction, "direction-type")
    if name in ("crescendo", "diminuendo", "stop"):
        ET.SubElement(kind, "wedge", type=name)
    else:
        ET.SubElement(ET.SubElement(kind, "dynamics"), name)
    return direction
