"""Names, lyrics and markers of a MIDI file, whose format does not say how its letters are coded."""

import codecs
from collections.abc import Sequence
from typing import Final

from dsl.encodings import legacy
from engine.media.midi_events import META, MidiEvents

TEXT, TRACK_NAME, LYRIC, MARKER = 0x01, 0x03, 0x05, 0x06
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_KANA: Final = range(0x3041, 0x3100)
_LEAST_KANA: Final = 0.3
"""Of what is not ASCII in a Japanese text; Chinese in GBK or Big5, read as Shift JIS, has hardly any."""

MidiText = tuple[int, int, int, str]
"""Track, tick, kind, words."""


def texts_of(found: MidiEvents) -> tuple[list[MidiText], str]:
    """Names, lyrics and markers of every track, without what no terminal should be sent, and the encoding of
    those that are not UTF-8."""
    raw = _raw_texts(found)
    codec, encoding = _codec_of([said for *_, said in raw])
    texts = []
    for track, tick, kind, said in raw:
        words = "".join(c if c.isprintable() else " " if c.isspace() else "" for c in _text(said, codec))
        texts.append((track, tick, kind, words.strip()))
    return texts, encoding


def _raw_texts(found: MidiEvents) -> list[tuple[int, int, int, bytes]]:
    return [
        (number, tick, data[0], data[1:] if data[1:3] in _WIDE_MARKS else data[1:].strip(b"\0"))
        for number, track in enumerate(found.tracks)
        for tick, status, data in track
        if status == META and data[0] in (TRACK_NAME, LYRIC, MARKER)
    ]


def _text(said: bytes, codec: str) -> str:
    if said.startswith(_WIDE_MARKS):
        return said.decode("utf-16", "replace")
    try:
        return said.decode("utf-8-sig")
    except UnicodeDecodeError:
        return said.decode(codec, "replace")


def _codec_of(texts: Sequence[bytes]) -> tuple[str, str]:
    """(codec, its name for people) of the texts that are neither UTF-8 nor marked as UTF-16, judged together:
    each alone is too short."""
    foreign = b"\n".join(text for text in texts if not _is_utf8(text) and not text.startswith(_WIDE_MARKS))
    if _is_japanese(foreign):
        return "cp932", "Shift JIS"
    name = legacy(foreign).encoding if foreign else "UTF-8"
    codec = {"GBK": "gb18030", "Big5": "big5hkscs", "Windows-1252": "cp1252"}.get(name, name)
    try:
        return codecs.lookup(codec).name, name
    except LookupError:
        return "latin-1", "Latin-1"


def _is_japanese(data: bytes) -> bool:
    """Shift JIS: what Japanese sequencers write. A text of any length has kana in it."""
    try:
        other = [character for character in data.decode("cp932") if ord(character) > 127]
    except UnicodeDecodeError:
        return False
    return sum(ord(character) in _KANA for character in other) > _LEAST_KANA * len(other) > 0


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
