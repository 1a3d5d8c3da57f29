"""The piano roll as a picture: one colour a role, velocity as shade, bar lines, cues and hits. SVG for print
and screens, PNG for a look.

Both are drawn from one list of shapes, so they show the same; the PNG has no text, the SVG has titles and
script lines.
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np

from engine.music.score import Note, Score, Track

ROLE_COLOURS = {
    "melody": (0xE4, 0x57, 0x56),
    "counter": (0xF2, 0x9E, 0x4C),
    "chords": (0x4C, 0x9A, 0xD9),
    "bass": (0x5B, 0xB0, 0x6B),
    "drums": (0x9A, 0x86, 0xC8),
}
_BACKGROUND, _BLACK_KEYS = (0x16, 0x18, 0x1D), (0x1D, 0x20, 0x27)
_BAR_LINE, _CUE_LINE, _HIT_LINE = (0x33, 0x38, 0x42), (0xD0, 0xD4, 0xDC), (0xFF, 0xD1, 0x66)
_LEFT, _TOP, _BOTTOM, _ROW, _PIXELS_PER_S = 8, 44, 8, 5, 26
_DRUM_ROWS = 14
_MOST_PIXELS = 24_000

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
    x: float
    y: float
    text: str
    colour: Colour
    size: int


@dataclass(frozen=True, slots=True)
class Picture:
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

    boxes = [
        Box(0, y(p), width, _ROW, _BLACK_KEYS) for p in range(low, high + 1) if p % 12 in (1, 3, 6, 8, 10)
    ]
    boxes += [Box(x(t), _TOP - 6, 1, height - _TOP + 6, _BAR_LINE) for t in bar_times(score)]
    for track in sorted(score.tracks, key=lambda t: list(ROLE_COLOURS).index(t.role), reverse=True):
        boxes += [_note_box(track, note, x, y, rows) for note in track.notes]
    labels = []
    for cue in score.cues:
        boxes.append(Box(x(cue.start_s), 0, 2, height, _CUE_LINE))
        labels.append(
            Label(x(cue.start_s) + 6, 15, f"{cue.id} {cue.title} · {cue.key} · {cue.style}", _CUE_LINE, 12)
        )
    for lyric in score.lyrics:
        said = f"{lyric.speaker}: {lyric.text}" if lyric.speaker else lyric.text
        room = max(1, int((lyric.end_s - lyric.start_s) * scale / 5))
        labels.append(
            Label(
                x(lyric.start_s) + 6,
                32,
                said if len(said) <= room else said[: room - 1] + "…",
                (0x9A, 0xA3, 0xB2),
                9,
            )
        )
    boxes += [
        Box(x(m.t_s) - 1, _TOP - 10, 2, height - _TOP + 10, _HIT_LINE)
        for m in score.markers
        if m.kind == "hit"
    ]
    return Picture(width, height, tuple(boxes), tuple(labels))


def bar_times(score: Score) -> list[float]:
    """Seconds of every bar line, from metres and tempo map."""
    if not score.tempo or not score.meters:
        return []
    beats = np.array([t.beat for t in score.tempo])
    times = np.array([t.t_s for t in score.tempo])
    bpms = np.array([t.bpm for t in score.tempo])
    last_beat = max((c.end_beat for c in score.cues), default=0.0)
    result = []
    for index, change in enumerate(score.meters):
        end = score.meters[index + 1].beat if index + 1 < len(score.meters) else last_beat
        for beat in np.arange(change.beat, end - 1e-6, change.meter.beats_per_bar):
            at = max(0, int(np.searchsorted(beats, beat + 1e-9, side="right")) - 1)
            result.append(float(times[at] + (beat - beats[at]) * 60 / bpms[at]))
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
        f'font-family="sans-serif">{_xml(t.text)}</text>'
        for t in picture.labels
    ]
    return ("\n".join([*lines, "</svg>"]) + "\n").encode()


def png_bytes(score: Score) -> bytes:
    """The roll as PNG, without text."""
    picture = draw(score)
    pixels = np.empty((picture.height, picture.width, 3), np.uint8)
    pixels[:] = _BACKGROUND
    for box in picture.boxes:
        left, top = max(0, round(box.x)), max(0, round(box.y))
        pixels[top : round(box.y + box.height), left : max(left + 1, round(box.x + box.width))] = box.colour
    rows = np.zeros((picture.height, 1 + 3 * picture.width), np.uint8)  # each row begins with filter type 0
    rows[:, 1:] = pixels.reshape(picture.height, -1)
    header = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


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
