"""MIDI files written byte by byte, so that they can be wrong; and reading that may fail."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from engine.errors import MediaError

Read = TypeVar("Read")


def attempt(read: Callable[[Path], Read], path: Path) -> Read | str:
    """What reading gives, or why the file is refused."""
    try:
        return read(path)
    except MediaError as error:
        return str(error)


def number(value: int) -> bytes:
    """A variable-length number."""
    found = [value & 0x7F]
    while value := value >> 7:
        found.append(value & 0x7F | 0x80)
    return bytes(reversed(found))


def meta(kind: int, said: bytes, wait: int = 0) -> bytes:
    return number(wait) + bytes((0xFF, kind)) + number(len(said)) + said


def tempo(microseconds: int, wait: int = 0) -> bytes:
    return meta(0x51, microseconds.to_bytes(3, "big"), wait)


def note(pitch: int, ticks: int = 480, wait: int = 0, velocity: int = 80) -> bytes:
    return number(wait) + bytes((0x90, pitch, velocity)) + number(ticks) + bytes((0x80, pitch, 0))


END = meta(0x2F, b"")
TUNE = b"".join(note(60 + k) for k in (0, 2, 4, 5, 7, 9, 11, 12))
"""Eight notes of a quarter each."""


def chunk(body: bytes, claimed: int | None = None, name: bytes = b"MTrk") -> bytes:
    return name + struct.pack(">L", len(body) if claimed is None else claimed) + body


def header(tracks: int = 1, division: int = 480, kind: int = 1) -> bytes:
    return struct.pack(">4sLHHH", b"MThd", 6, kind, tracks, division)


def midi(*tracks: bytes, division: int = 480, kind: int = 1) -> bytes:
    """A file of these track bodies."""
    return header(len(tracks), division, kind) + b"".join(chunk(track) for track in tracks)
