"""The piano roll as a picture: one colour a role, velocity as shade, bar lines, cues and hits. SVG for print
and screens, PNG for a look.

Both are drawn from one list of shapes and texts, so they show the same: title, legend, cues, script, hits,
numbers of bars. A text is cut only where the next one in its row begins.
"""

import struct
import unicodedata
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, takewhile
from xml.sax.saxutils import escape

import numpy as np

from dsl.cue_names import cue_label
from dsl.timing import time_at_beat
from engine.music.score import Note, Score, Track
from engine.render.lettering import draw_texts, missing

ROLE_COLOURS = {
    "melody": (0xE4, 0x57, 0x56),
    "counter": (0xF2, 0x9E, 0x4C),
    "chords": (0x4C, 0x9A, 0xD9),
    "bass": (0x5B, 0xB0, 0x6B),
    "drums": (0x9A, 0x86, 0xC8),
}
_BACKGROUND, _BLACK_KEYS = (0x16, 0x18, 0x1D), (0x1D, 0x20, 0x27)
_BAR_LINE, _CUE_LINE, _HIT_LINE = (0x33, 0x38, 0x42), (0xD0, 0xD4, 0xDC), (0xFF, 0xD1, 0x66)
_BRIGHT, _SOFT = (0xEC, 0xEF, 0xF4), (0x9A, 0xA3, 0xB2)
_LEFT, _TOP, _BOTTOM, _ROW, _PIXELS_PER_S = 8, 107, 34, 5, 26
_FORM_UP = 20
"""Pixels above the lower edge at which the letters of the form stand, over the numbers of the bars."""
_TITLE_Y, _CUE_Y, _SCRIPT_Y, _HIT_Y = 18, 38, (53, 66, 79), 95
"""Baselines of the rows of text above the notes; script has three, so that neighbours seldom cut each
other."""
_SCRIPT_TOP = _CUE_Y + 5
_FONTS = "Helvetica, Arial, 'Liberation Sans', 'Noto Sans CJK SC', sans-serif"
"""What text in the SVG is measured for, first; DejaVu, many a system's sans-serif, is a fifth wider."""
_LONGEST_WORD = 24
"""Letters before which a text that goes on in another row is broken at a space."""
_GAP = 8
"""Least pixels between two texts of a row."""
_DRUM_ROWS = 14
_MOST_BEYOND = 480
"""Pixels by which a last line of script may widen the picture."""
_MOST_PIXELS = 24_000
_MOST_TITLE = 2400
"""Pixels up to which a title widens the picture."""

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float
    colour: Colour


@dataclass(frozen=True, slots=True)
class Label:
    """A text with its baseline's left end at (x, y) pixels from the top left; `size` in pixels."""

    x: float
    y: float
    text: str
    colour: Colour
    size: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A roll as boxes and labels, in pixels: what both SVG and PNG are drawn from."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    labels: tuple[Label, ...]


def draw(score: Score) -> Picture:
    """Lay out the whole score on one strip; very long scores are drawn at a smaller scale."""
    scale = min(_PIXELS_PER_S, _MOST_PIXELS / max(score.duration_s, 1.0))
    pitched = [n.pitch for t in score.tracks if not t.is_drum for n in t.notes]
    low, high = (min(pitched) - 2, max(pitched) + 2) if pitched else (48, 72)
    has_drums = any(t.is_drum and t.notes for t in score.tracks)
    rows = high - low + 1
    height = _TOP + rows * _ROW + (_DRUM_ROWS * _ROW if has_drums else 0) + _BOTTOM
    width = round(2 * _LEFT + score.duration_s * scale)

    def x(t_s: float) -> float:
        return _LEFT + t_s * scale

    def y(pitch: int) -> float:
        return _TOP + (high - pitch) * _ROW

    boxes = [Box(x(t), _TOP - 6, 1, height - _TOP + 6, _BAR_LINE) for t in bar_times(score)]
    for track in sorted(score.tracks, key=lambda t: list(ROLE_COLOURS).index(t.role), reverse=True):
        boxes += [_note_box(track, note, x, y, rows) for note in track.notes]
    # Behind the script a cue's line is dim: texts run over it.
    sections = ((_TITLE_Y + 6, _SCRIPT_TOP, _CUE_LINE), (_SCRIPT_TOP, _HIT_Y - 10, _BAR_LINE))
    for top, bottom, colour in (*sections, (_HIT_Y - 10, height, _CUE_LINE)):
        boxes += [Box(x(cue.start_s), top, 2, bottom - top, colour) for cue in score.cues]
    hits = [marker for marker in score.markers if marker.kind == "hit"]
    boxes += [Box(x(hit.t_s) - 1, _HIT_Y + 2, 2, height - _HIT_Y - 2, _HIT_LINE) for hit in hits]
    key_boxes, keys, right = _legend(score, max(width, _MOST_TITLE))
    cues = [
        Label(
            x(cue.start_s) + 6,
            _CUE_Y,
            f"{cue_label(cue.id, cue.title)} · {cue.key} · {cue.style}",
            _CUE_LINE,
            12,
        )
        for cue in score.cues
    ]
    script = [
        Label(
            x(lyric.start_s) + 6,
            _SCRIPT_Y[0],
            f"{lyric.speaker}: {lyric.text}" if lyric.speaker else lyric.text,
            _SOFT,
            9,
        )
        for lyric in score.lyrics
    ]
    struck = [Label(x(hit.t_s) + 3, _HIT_Y, hit.text, _HIT_LINE, 9) for hit in hits]
    bars = [
        Label(x(t_s) + 2, height - 6, str(number), _SOFT, 9)
        for number, t_s in enumerate(bar_times(score), start=1)
    ]
    form = [
        Label(x(phrase.start_s) + 2, height - _FORM_UP, phrase.name, _BRIGHT, 11)
        for cue in score.cues
        for phrase in cue.form
    ]
    last = max((_end(label) + _LEFT for label in (*cues[-1:], *script[-len(_SCRIPT_Y) :])), default=0.0)
    width = max(width, right, round(min(last, width + _MOST_BEYOND)))
    labels = [
        *keys,
        *_in_rows(cues, (_CUE_Y,), width),
        *_in_rows(script, _SCRIPT_Y, width),
        *_in_rows(struck, (_HIT_Y,), width),
        *_spaced(form),
        *_spaced(bars),
    ]
    black = [
        Box(0, y(p), width, _ROW, _BLACK_KEYS) for p in range(low, high + 1) if p % 12 in (1, 3, 6, 8, 10)
    ]
    return Picture(width, height, (*black, *boxes, *key_boxes), tuple(labels))


def _legend(score: Score, most: int) -> tuple[list[Box], list[Label], int]:
    """Title and author, cut at `most` pixels, then a square and a name for each role that plays; and the
    pixels that takes."""
    said = " · ".join(part for part in (score.title, score.author) if part)
    labels = [_cut(Label(_LEFT, _TITLE_Y, said, _BRIGHT, 14), most)]
    boxes = []
    at = _end(labels[0]) + 24
    for role, colour in ROLE_COLOURS.items():
        if any(track.role == role and track.notes for track in score.tracks):
            boxes.append(Box(at, _TITLE_Y - 9, 9, 9, colour))
            labels.append(Label(at + 14, _TITLE_Y, role, _SOFT, 11))
            at += 14 + text_width(role, 11) + 16
    if any(marker.kind == "hit" for marker in score.markers):
        boxes.append(Box(at + 3, _TITLE_Y - 10, 2, 12, _HIT_LINE))
        labels.append(Label(at + 14, _TITLE_Y, "hit", _SOFT, 11))
        at += 14 + text_width("hit", 11) + 16
    return boxes, labels, round(at)


def text_width(text: str, size: int) -> float:
    """About how many pixels wide a text is in a sans-serif letter of that size (Helvetica's, and a tenth)."""
    return 1.1 * size * sum(_em(character) for character in text)


def _em(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 0.92
    if character in "iIjlft.,:;!|' ’()[]-":
        return 0.28
    return 0.83 if character in "mMwW—…@%" else 0.67 if character.isupper() else 0.54


def _in_rows(labels: Sequence[Label], rows: Sequence[int], width: int) -> list[Label]:
    """The labels in the first row that is free where they begin; where none is, the label that would be run
    over is cut."""
    placed: list[list[Label]] = [[] for _ in rows]
    for label in labels:
        ends = [_end(row[-1]) if row else 0.0 for row in placed]
        free = next((k for k, end in enumerate(ends) if end + _GAP <= label.x), None)
        at = free if free is not None else min(range(len(rows)), key=lambda k: ends[k])
        if free is None:
            placed[at][-1] = _cut(placed[at][-1], label.x - _GAP)
        placed[at].append(replace(label, y=rows[at]))
    kept = [label for row in placed for label in row[:-1] if label.text]
    unused = [row_y for row_y, row in zip(rows, placed, strict=True) if not row]
    for label in [row[-1] for row in placed if row]:
        rest = label
        kept.append(_cut(rest, width))
        # What the last line of a row has no room for goes on in a row that nothing else needs.
        while unused and kept[-1].text.endswith("…") and kept[-1].text != rest.text:
            shown = kept[-1].text[:-1]
            word = shown.rfind(" ") if not rest.text[len(shown)].isspace() else -1
            shown = shown[:word] if word > len(shown) - _LONGEST_WORD else shown
            kept[-1] = replace(kept[-1], text=shown)
            rest = replace(rest, y=unused.pop(0), text=rest.text[len(shown) :].lstrip())
            kept.append(_cut(rest, width))
    return [label for label in kept if label.text]


def _spaced(labels: Sequence[Label]) -> list[Label]:
    """Only as many labels as stand apart."""
    kept: list[Label] = []
    for label in labels:
        if not kept or _end(kept[-1]) + _GAP <= label.x:
            kept.append(label)
    return kept


def _end(label: Label) -> float:
    return label.x + text_width(label.text, label.size)


def _cut(label: Label, until: float) -> Label:
    """The label with as much of its text as ends before `until`; "" where not one letter does."""
    if _end(label) <= until:
        return label
    room = until - label.x - text_width("…", label.size)
    widths = accumulate(text_width(character, label.size) for character in label.text)
    text = label.text[: sum(1 for _ in takewhile(lambda width: width <= room, widths))].rstrip()
    return replace(label, text=f"{text}…" if text else "")


def bar_times(score: Score) -> list[float]:
    """Seconds of every bar line, from metres and tempo map."""
    if not score.tempo or not score.meters:
        return []
    last_beat = max((c.end_beat for c in score.cues), default=0.0)
    result = []
    for index, change in enumerate(score.meters):
        end = score.meters[index + 1].beat if index + 1 < len(score.meters) else last_beat
        lines = np.arange(change.beat, end - 1e-6, change.meter.beats_per_bar)
        result += [time_at_beat(score.tempo, float(beat)) for beat in lines]
    return result


def svg_bytes(score: Score) -> bytes:
    """The roll as SVG."""
    picture = draw(score)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{picture.width}" height="{picture.height}" '
        f'viewBox="0 0 {picture.width} {picture.height}" role="img">',
        f"<title>{_xml(score.title)}</title>",
        f'<rect width="100%" height="100%" fill="{_hex(_BACKGROUND)}"/>',
    ]
    lines += [
        f'<rect x="{b.x:.1f}" y="{b.y:.1f}" width="{b.width:.1f}" height="{b.height:.1f}" '
        f'fill="{_hex(b.colour)}"/>'
        for b in picture.boxes
    ]
    lines += [
        f'<text x="{t.x:.1f}" y="{t.y:.1f}" fill="{_hex(t.colour)}" font-size="{t.size}" '
        f'font-family="{_FONTS}">{_xml(t.text)}</text>'
        for t in picture.labels
    ]
    return ("\n".join([*lines, "</svg>"]) + "\n").encode()


def png_bytes(score: Score) -> bytes:
    """The roll as PNG; characters that no font of this machine has are left out (`missing_letters`)."""
    picture = draw(score)
    pixels = np.empty((picture.height, picture.width, 3), np.uint8)
    pixels[:] = _BACKGROUND
    for box in picture.boxes:
        left, top = max(0, round(box.x)), max(0, round(box.y))
        pixels[top : round(box.y + box.height), left : max(left + 1, round(box.x + box.width))] = box.colour
    pixels = draw_texts(pixels, ((t.x, t.y, t.text, t.colour, t.size) for t in picture.labels))
    rows = np.zeros((picture.height, 1 + 3 * picture.width), np.uint8)  # each row begins with filter type 0
    rows[:, 1:] = pixels.reshape(picture.height, -1)
    header = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def missing_letters(score: Score) -> str:
    """The characters of the roll's texts that its PNG lacks, each once."""
    return missing(label.text for label in draw(score).labels)


def _note_box(
    track: Track, note: Note, x: Callable[[float], float], y: Callable[[int], float], rows: int
) -> Box:
    shade = 0.35 + 0.65 * note.velocity / 127
    red, green, blue = (
        round(b + (c - b) * shade) for c, b in zip(ROLE_COLOURS[track.role], _BACKGROUND, strict=True)
    )
    colour = (red, green, blue)
    width = max(1.5, x(note.end_s) - x(note.start_s) - 0.7)
    if track.is_drum:
        top = _TOP + rows * _ROW + _ROW + (note.pitch * 5 % (_DRUM_ROWS - 2)) * _ROW
        return Box(x(note.start_s), top, min(width, 3.0), _ROW - 1, colour)
    return Box(x(note.start_s), y(note.pitch), width, _ROW - 1, colour)


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _xml(text: str) -> str:
    """Escaped, without the control characters that XML forbids."""
    return escape("".join(c for c in text if c >= " " or c in "\t\n"))
